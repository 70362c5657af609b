using Microsoft.ML.OnnxRuntime;

namespace ArcFace.Faces.Onnx;

/// <summary>An ONNX file from anywhere, held in memory; tensors that it keeps in other files are not read.</summary>
internal sealed class OnnxFile : IDisposable
{
    private readonly string _path;
    private readonly InferenceSession _session;

    /// <summary>Opens a file, which computes on so many threads; 0 for one on each core.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">ONNX Runtime does not take it.</exception>
    public OnnxFile(string path, int threads)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        _path = path;
        long length = new FileInfo(path).Length;
        if (length == 0 || length > Array.MaxLength)
        {
            throw Bad($"it has {length} bytes");
        }

        try
        {
            using var options = new SessionOptions { IntraOpNumThreads = threads, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            _session = new InferenceSession(File.ReadAllBytes(path), options);
            Metadata = _session.ModelMetadata.CustomMetadataMap;
        }
        catch (Exception error) when (error is OnnxRuntimeException or NullReferenceException)
        {
            _session?.Dispose();

            // A key of the metadata that is no text is not found again.
            throw Bad(error is OnnxRuntimeException ? error.Message : "its metadata are no text", error);
        }
    }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public IReadOnlyDictionary<string, NodeMetadata> Inputs => _session.InputMetadata;

    public IReadOnlyDictionary<string, NodeMetadata> Outputs => _session.OutputMetadata;

    public IReadOnlyList<string> OutputNames => _session.OutputNames;

    public void Dispose() => _session.Dispose();

    /// <summary>What a first use of the file gives. If it fails, the file is closed, and refused where its arithmetic is at fault.</summary>
    public T Tried<T>(Func<T> use)
    {
        try
        {
            return use();
        }
        catch (Exception error)
        {
            Dispose();
            if (error is InvalidOperationException)
            {
                throw Bad(error.Message, error);
            }

            throw;
        }
    }

    /// <summary>The outputs, which are float32, in the order of their names; <paramref name="what"/> the input is, for the error.</summary>
    /// <exception cref="InvalidOperationException">The file's arithmetic fails.</exception>
    public (float[] Values, long[] Shape)[] Run<T>(Memory<T> input, long[] shape, string what)
        where T : unmanaged
    {
        try
        {
            using var options = new RunOptions();
            using var value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, input, shape);
            using var outputs = _session.Run(options, _session.InputNames, [value], _session.OutputNames);
            return [.. outputs.Select(output => (output.GetTensorDataAsSpan<float>().ToArray(), output.GetTensorTypeAndShape().Shape))];
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidOperationException($"'{_path}' fails on {what}: {error.Message}", error);
        }
    }

    public InvalidDataException Bad(string what, Exception? error = null) => new($"'{_path}' cannot be used as an ONNX file: {what}", error);

    /// <summary>Such as <c>input.1 Float [N, 3, 112, 112]</c>.</summary>
    public static string Describe(KeyValuePair<string, NodeMetadata> node) =>
        $"{node.Key} {(node.Value.IsTensor ? node.Value.ElementDataType : node.Value.OnnxValueType)}"
        + $" [{string.Join(", ", node.Value.IsTensor ? node.Value.Dimensions : [])}]";
}
