using Microsoft.ML.OnnxRuntime;

namespace ArcFace.Faces.Onnx;

/// <summary>Opens ONNX files from anywhere.</summary>
internal static class OnnxFile
{
    /// <summary>Opens a session on the file, which is held in memory; tensors that it keeps in other files are not read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">How many threads compute; 0 for one on each core.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">ONNX Runtime does not take it.</exception>
    public static InferenceSession Open(string path, int threads)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        long length = new FileInfo(path).Length;
        if (length == 0 || length > Array.MaxLength)
        {
            throw Bad(path, $"it has {length} bytes");
        }

        try
        {
            using var options = new SessionOptions { IntraOpNumThreads = threads, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            var session = new InferenceSession(File.ReadAllBytes(path), options);
            try
            {
                // Read once and kept; a key that is no text is not found again.
                _ = session.ModelMetadata;
                return session;
            }
            catch (NullReferenceException error)
            {
                session.Dispose();
                throw Bad(path, "its metadata are no text", error);
            }
        }
        catch (OnnxRuntimeException error)
        {
            throw Bad(path, error.Message, error);
        }
    }

    public static InvalidDataException Bad(string path, string what, Exception? error = null) => new($"'{path}' cannot be used as an ONNX file: {what}", error);

    /// <summary>Such as <c>input.1 Float [N, 3, 112, 112]</c>.</summary>
    public static string Describe(KeyValuePair<string, NodeMetadata> node) =>
        $"{node.Key} {(node.Value.IsTensor ? node.Value.ElementDataType : node.Value.OnnxValueType)} [{string.Join(", ", node.Value.IsTensor ? node.Value.Dimensions : [])}]";
}
