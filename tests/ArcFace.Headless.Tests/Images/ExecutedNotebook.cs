using System.Text.Json.Nodes;

namespace ArcFace.Headless.Tests.Images;

/// <summary>Makes notebooks as they are after a run, with figures among the outputs.</summary>
internal static class ExecutedNotebook
{
    public const string Plotly = "application/vnd.plotly.v1+json";

    /// <summary>A notebook with one cell a figure.</summary>
    public static NotebookDocument WithFigures(TestFolder folder, params string[] figures)
    {
        JsonObject notebook = Notebooks.WithCells(figures.Select(figure =>
        {
            JsonObject cell = Notebooks.Code("figure.Show();");
            cell["outputs"]!.AsArray().Add(Output(figure));
            return cell;
        }));
        return NotebookDocument.Load(folder.WriteNotebook("executed.ipynb", notebook));
    }

    /// <summary>A figure of the size that the series uses.</summary>
    /// <param name="data">The traces.</param>
    /// <param name="more">More of the layout, each part with a comma before it.</param>
    public static string Figure(string data, string more = "") =>
        $$"""{"data": [{{data}}], "layout": {"width": 400, "height": 400{{more}}}, "config": {"displaylogo": false} }""";

    public static byte[] Png(this NotebookDocument notebook, int cell) =>
        Convert.FromBase64String((string)notebook.Outputs(cell)[0]!["data"]!["image/png"]!);

    private static JsonObject Output(string figure) => new()
    {
        ["output_type"] = "display_data",
        ["data"] = new JsonObject { [Plotly] = JsonNode.Parse(figure), ["text/plain"] = new JsonArray("[figure]") },
        ["metadata"] = new JsonObject(),
    };
}
