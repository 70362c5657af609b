namespace ArcFace.Headless;

/// <summary>A Jupyter notebook, format 4. Whatever this class does not know about is kept as it is.</summary>
internal sealed record NotebookDocument(string Path, JsonObject Json, IReadOnlyList<NotebookCell> Cells)
{
    /// <summary>The largest file that is read, in bytes. Reading one takes at most 50 times as much memory as the file has bytes.</summary>
    public const int LargestFile = 32 << 20;

    public const int MostCells = 10_000;

    /// <summary>Reads a notebook.</summary>
    /// <exception cref="NotebookFormatException">The file cannot be read, is not JSON, or is not a notebook with cells.</exception>
    public static NotebookDocument Load(string path)
    {
        try
        {
            return Parse(path, ReadFile(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new NotebookFormatException(path, $"cannot be read: {exception.Message}", exception);
        }
    }

    public void Save(string path) => OutputFile.Write(path, stream => NotebookJson.Write(stream, Json));

    // Pipes and devices have no length; to open one can take for ever, and so can to read it.
    private static byte[] ReadFile(string path)
    {
        if (Directory.Exists(path))
        {
            throw new NotebookFormatException(path, "is a folder that cannot be read");
        }

        var file = new FileInfo(path);
        long length = file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length : file.Length;
        return length switch
        {
            0 => throw new NotebookFormatException(path, "is empty, or not a plain file"),
            > LargestFile => throw new NotebookFormatException(path, $"has {length >> 20} MB; at most {LargestFile >> 20} MB are read"),
            _ => File.ReadAllBytes(path),
        };
    }

    private static NotebookDocument Parse(string path, byte[] text)
    {
        try
        {
            ReadOnlySpan<byte> mark = Encoding.UTF8.Preamble;
            JsonNode? root = StrictJson.Parse(text.AsSpan(text.AsSpan().StartsWith(mark) ? mark.Length : 0));
            if (root is not JsonObject json || json["cells"] is not JsonArray array)
            {
                throw new NotebookFormatException(path, "is JSON, but not a notebook: it has no list of cells");
            }

            JsonNode? format = json["nbformat"];
            string? problem = format?.GetValue<int>() != 4 ? $"is of format {format?.ToJsonString() ?? "(none)"}; only 4 is understood"
                : array.Count == 0 ? "has no cells"
                : array.Count > MostCells ? $"has {array.Count} cells; at most {MostCells} are read"
                : json["metadata"] is not (null or JsonObject) ? "is not a notebook: its metadata is not an object"
                : null;
            return problem is not null ? throw new NotebookFormatException(path, problem)
                : new NotebookDocument(path, json, [.. array.Select((cell, index) => NotebookCell.Parse(cell, index + 1))]);
        }
        catch (JsonException exception)
        {
            string line = exception.LineNumber is { } number ? $"line {number + 1}: " : "";
            throw new NotebookFormatException(path, $"is not JSON: {line}{exception.Message}", exception);
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException or ArgumentException)
        {
            throw new NotebookFormatException(path, $"is not a notebook: {exception.Message}", exception);
        }
    }
}

/// <summary>A file that should be a notebook is not one, or cannot be read.</summary>
internal sealed class NotebookFormatException(string path, string problem, Exception? inner = null) : Exception($"{path}: {problem}", inner)
{
    public string Problem { get; } = problem;
}
