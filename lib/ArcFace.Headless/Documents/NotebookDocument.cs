using System.Text.Json;
using System.Text.Json.Nodes;
using ArcFace.Headless.Documents;

namespace ArcFace.Headless;

/// <summary>A Jupyter notebook, format 4. Whatever this class does not know about is kept as it is.</summary>
public sealed class NotebookDocument
{
    private NotebookDocument(string path, JsonObject json, IReadOnlyList<NotebookCell> cells)
    {
        Path = path;
        Json = json;
        Cells = cells;
    }

    /// <summary>Where the notebook was read from.</summary>
    public string Path { get; }

    /// <summary>The whole notebook.</summary>
    public JsonObject Json { get; }

    /// <summary>The cells from top to bottom.</summary>
    public IReadOnlyList<NotebookCell> Cells { get; }

    /// <summary>Reads a notebook.</summary>
    /// <exception cref="NotebookFormatException">The file cannot be read, is not JSON, or is not a notebook with cells.</exception>
    public static NotebookDocument Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return Parse(path, File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new NotebookFormatException(path, $"cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Writes the notebook, whole or not at all: a reader never sees half of it.</summary>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string target = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
        string temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllBytes(temporary, NotebookJson.ToBytes(Json));
            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static NotebookDocument Parse(string path, string text)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(text);
        }
        catch (JsonException exception)
        {
            throw new NotebookFormatException(path, $"is not JSON: line {exception.LineNumber + 1}: {exception.Message}", exception);
        }

        try
        {
            if (root is not JsonObject json || json["cells"] is not JsonArray array)
            {
                throw new NotebookFormatException(path, "is JSON, but not a notebook: it has no list of cells");
            }

            if (json["nbformat"]?.GetValue<int>() != 4)
            {
                string format = json["nbformat"]?.ToJsonString() ?? "(none)";
                throw new NotebookFormatException(path, $"is of format {format}; only 4 is understood");
            }

            if (array.Count == 0)
            {
                throw new NotebookFormatException(path, "has no cells");
            }

            return new NotebookDocument(path, json, [.. array.Select((cell, index) => NotebookCell.Parse(cell, index + 1))]);
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException or ArgumentException)
        {
            throw new NotebookFormatException(path, $"is not a notebook: {exception.Message}", exception);
        }
    }
}
