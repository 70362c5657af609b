namespace ArcFace.Headless.Checking;

/// <summary>What every engine needs to know to take a notebook for C#.</summary>
internal static class MetadataRules
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
            string actual = notebook.Json["nbformat_minor"]?.ToJsonString() ?? "missing";
            yield return new Finding(null, $"nbformat_minor is {actual}; it must be 5");
        }

        foreach (string message in Compare(notebook.Json["metadata"], OfNotebook))
        {
            yield return new Finding(null, message);
        }

        foreach (NotebookCell cell in notebook.Cells.Where(cell => cell.IsCode))
        {
            foreach (string message in Compare(cell.Json["metadata"], OfCodeCell))
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
}
