namespace ArcFace.Headless;

/// <summary>One cell of a notebook, at its place among all cells, from 1: of the kind <c>code</c>, <c>markdown</c> or <c>raw</c>.</summary>
internal sealed partial record NotebookCell(JsonObject Json, int Position, string Kind, string Source, IReadOnlyList<string> Tags)
{
    public bool IsCode => Kind == "code";

    /// <summary>The cell's id, or null where it has none.</summary>
    public string? Id => Json["id"] is JsonValue value && value.TryGetValue(out string? id) ? id : null;

    /// <summary>Whether the id is one that the format allows.</summary>
    public bool HasValidId => Id is { } id && ValidId().IsMatch(id);

    /// <exception cref="FormatException">It is not a cell.</exception>
    /// <exception cref="InvalidOperationException">It is not a cell.</exception>
    public static NotebookCell Parse(JsonNode? node, int position)
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

        JsonArray tags = json["metadata"]?["tags"] as JsonArray ?? [];
        return new NotebookCell(json, position, kind, source, [.. tags.Select(tag => tag?.GetValue<string>() ?? "")]);
    }

    /// <summary>C# as cells have it: a script.</summary>
    public static CompilationUnitSyntax SyntaxOf(string code) =>
        CSharpSyntaxTree.ParseText(code, CSharpParseOptions.Default.WithKind(SourceCodeKind.Script)).GetCompilationUnitRoot();

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$")]
    private static partial Regex ValidId();
}
