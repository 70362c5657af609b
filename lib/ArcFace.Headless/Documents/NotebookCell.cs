namespace ArcFace.Headless;

/// <summary>One cell of a notebook.</summary>
public sealed class NotebookCell
{
    private NotebookCell(JsonObject json, int position, string kind, string source, IReadOnlyList<string> tags) =>
        (Json, Position, Kind, Source, Tags) = (json, position, kind, source, tags);

    /// <summary>The whole cell.</summary>
    public JsonObject Json { get; }

    /// <summary>The cell's place among all cells, from 1.</summary>
    public int Position { get; }

    /// <summary><c>code</c>, <c>markdown</c> or <c>raw</c>.</summary>
    public string Kind { get; }

    /// <summary>Whether the cell is to be run.</summary>
    public bool IsCode => Kind == "code";

    /// <summary>The text of the cell.</summary>
    public string Source { get; }

    /// <summary>The tags in the cell's metadata.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>The cell's id, or null where it has none.</summary>
    public string? Id => Json["id"] is JsonValue value && value.TryGetValue(out string? id) ? id : null;

    internal static NotebookCell Parse(JsonNode? node, int position)
    {
        if (node is not JsonObject json || json["cell_type"]?.GetValue<string>() is not { } kind)
        {
            throw new FormatException($"cell {position} has no cell_type");
        }

        string source = json["source"] switch
        {
            JsonArray lines => string.Concat(lines.Select(line => line?.GetValue<string>())),
            JsonNode text => text.GetValue<string>(),
            null => throw new FormatException($"cell {position} has no source"),
        };
        if (json["metadata"] is not (null or JsonObject))
        {
            throw new FormatException($"the metadata of cell {position} is not an object");
        }

        string[] tags = json["metadata"] is JsonObject metadata && metadata["tags"] is JsonArray array
            ? [.. array.Select(tag => tag?.GetValue<string>() ?? "")]
            : [];
        return new NotebookCell(json, position, kind, source, tags);
    }
}
