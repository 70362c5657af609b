namespace ArcFace.Headless.Checking;

/// <summary>What every notebook and each cell must be, whatever it says: known to every engine as C#, named for good, clean, and free of the
/// author's machine.</summary>
internal static partial class FormRules
{
    private static readonly (string Key, string Value)[] OfNotebook =
    [
        ("kernelspec", """{"display_name":".NET (C#)","language":"C#","name":".net-csharp"}"""),
        ("language_info", """{"name":"polyglot-notebook"}"""),
        ("polyglot_notebook",
            """{"kernelInfo":{"defaultKernelName":"csharp","items":[{"aliases":[],"languageName":"csharp","name":"csharp"}]}}"""),
    ];

    private static readonly (string Key, string Value)[] OfCodeCell =
    [
        ("dotnet_interactive", """{"language":"csharp"}"""),
        ("polyglot_notebook", """{"kernelName":"csharp"}"""),
    ];

    public static IEnumerable<Finding> Check(NotebookDocument notebook)
    {
        if (notebook.Json["nbformat_minor"] is not JsonValue minor || !minor.TryGetValue(out int number) || number != 5)
        {
            yield return new Finding(null, $"nbformat_minor is {notebook.Json["nbformat_minor"]?.ToJsonString() ?? "missing"}; it must be 5");
        }

        foreach (string message in Compare(notebook.Json["metadata"], OfNotebook))
        {
            yield return new Finding(null, message);
        }

        var ids = new Dictionary<string, int>();
        foreach (NotebookCell cell in notebook.Cells)
        {
            foreach (string message in Compare(cell.Json["metadata"], cell.IsCode ? OfCodeCell : []).Concat(Check(cell, ids)))
            {
                yield return new Finding(cell.Position, message);
            }
        }
    }

    private static IEnumerable<string> Compare(JsonNode? metadata, (string Key, string Value)[] expected) =>
        from entry in expected
        let actual = (metadata as JsonObject)?[entry.Key]
        where !JsonNode.DeepEquals(actual, JsonNode.Parse(entry.Value))
        select $"metadata '{entry.Key}' is {actual?.ToJsonString() ?? "missing"}; it must be {entry.Value}";

    private static IEnumerable<string> Check(NotebookCell cell, Dictionary<string, int> ids)
    {
        if (cell.Kind is not ("code" or "markdown"))
        {
            yield return $"is a {cell.Kind} cell; only code and markdown cells are allowed";
        }

        if (cell.Id is not { } id || !cell.HasValidId)
        {
            yield return $"has {(cell.Id is null ? "no id" : $"the id '{cell.Id}'")}; it needs one of 1 to 64 letters, digits, - and _";
        }
        else if (!ids.TryAdd(id, cell.Position))
        {
            yield return $"has the id '{id}' of cell {ids[id]}; ids must differ";
        }

        if (cell.IsCode && cell.Json["outputs"] is not JsonArray { Count: 0 })
        {
            yield return "has outputs; committed notebooks must not: clear them and save";
        }

        if (cell.IsCode && cell.Json["execution_count"] is not null)
        {
            yield return "has an execution count; committed notebooks must not: clear the outputs and save";
        }

        IEnumerable<Match> windowsPaths = cell.IsCode ? WindowsPath().Matches(cell.Source) : [];
        foreach (Match path in UnixPath().Matches(cell.Source).Concat(windowsPaths))
        {
            yield return $"names a path of one machine, '{path.Value}'; use relative paths";
        }
    }

    // A folder right below the root of a Unix system.
    [GeneratedRegex(@"(?<![\w.:/~)-])/(?:home|Users|root|tmp|usr|var|opt|mnt|etc|srv|media|work|Volumes|private)/[\w.-]*")]
    private static partial Regex UnixPath();

    // A drive or a share, as a plain or as a verbatim string. In prose, formulas look like that: f:\mathbb{R}.
    [GeneratedRegex(@"\b[A-Z]:\\{1,2}\w{2,}|(?<!\\)\\\\(?:\\\\)?\w+\\{1,2}\w+")]
    private static partial Regex WindowsPath();
}
