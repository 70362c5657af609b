using System.Text.Json.Nodes;

namespace ArcFace.Headless.Tests;

/// <summary>Makes notebooks that keep every rule, for tests to break.</summary>
internal static class Notebooks
{
    public const string Import = "#!import ./setup.dib";

    public static JsonObject WithCells(IEnumerable<JsonObject> cells)
    {
        var array = new JsonArray();
        foreach (JsonObject cell in cells)
        {
            cell["id"] = $"cell-{array.Count + 1}";
            array.Add(cell);
        }

        return new JsonObject
        {
            ["cells"] = array,
            ["metadata"] = JsonNode.Parse("""
                {
                  "kernelspec": {"display_name": ".NET (C#)", "language": "C#", "name": ".net-csharp"},
                  "language_info": {"name": "polyglot-notebook"},
                  "polyglot_notebook": {"kernelInfo": {"defaultKernelName": "csharp",
                    "items": [{"aliases": [], "languageName": "csharp", "name": "csharp"}]}}
                }
                """),
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        };
    }

    public static JsonObject Code(string source) => new()
    {
        ["cell_type"] = "code",
        ["execution_count"] = null,
        ["metadata"] = new JsonObject
        {
            ["dotnet_interactive"] = new JsonObject { ["language"] = "csharp" },
            ["polyglot_notebook"] = new JsonObject { ["kernelName"] = "csharp" },
        },
        ["outputs"] = new JsonArray(),
        ["source"] = source,
    };

    public static JsonObject Markdown(string source) => new()
    {
        ["cell_type"] = "markdown",
        ["metadata"] = new JsonObject(),
        ["source"] = source,
    };

    /// <summary>A code cell that must fail.</summary>
    public static JsonObject CodeThatRaises(string source)
    {
        JsonObject cell = Code(source);
        cell["metadata"]!["tags"] = new JsonArray("raises-exception");
        return cell;
    }

    /// <summary>The outputs of a cell, from 1, as the notebook stores them.</summary>
    public static JsonArray Outputs(this NotebookDocument notebook, int cell) => notebook.Cells[cell - 1].Json["outputs"]!.AsArray();

    /// <summary>The text that a cell wrote to one stream.</summary>
    public static string Stream(this NotebookDocument notebook, int cell, string name = "stdout") => string.Concat(
        from output in notebook.Outputs(cell)
        where (string?)output!["name"] == name
        from line in output["text"]!.AsArray()
        select (string?)line);

    /// <summary>The plain text of what a cell's last expression gave.</summary>
    public static string? ResultText(this NotebookDocument notebook, int cell) =>
        notebook.Outputs(cell).FirstOrDefault(output => (string?)output!["output_type"] == "execute_result") is { } result
            ? string.Concat(result["data"]!["text/plain"]!.AsArray().Select(line => (string?)line))
            : null;
}
