using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ArcFace.Headless.Book;

/// <summary>What a cell has put out, as HTML.</summary>
internal static partial class CellOutputs
{
    /// <summary>The outputs of a cell, each on a line of its own: an empty line would end HTML in Markdown.</summary>
    public static string ToHtml(NotebookCell cell, BookFigures figures) =>
        string.Concat((cell.Json["outputs"] as JsonArray ?? []).OfType<JsonObject>().Select(output => ToHtml(output, figures).Trim())
            .Where(html => html.Length > 0).Select(html => $"\n<div class=\"output\">{html.ReplaceLineEndings("&#10;")}</div>\n"));

    /// <summary>A text as notebooks store it: whole, or in lines.</summary>
    public static string Text(JsonNode? node) => node is JsonArray lines ? string.Concat(lines.Select(line => (string?)line)) : (string?)node ?? "";

    private static string ToHtml(JsonObject output, BookFigures figures) => ((string?)output["output_type"], output["data"]) switch
    {
        ("stream", _) => Pre(Text(output["text"])),
        ("error", _) => Pre($"{output["ename"]}: {output["evalue"]}", "error"),
        (_, JsonObject data) when data[FigureImages.PlotlyMimeType] is JsonObject => figures.Add(data),
        (_, JsonObject data) when data["text/html"] is { } html => WithoutTimes(Text(html)),
        (_, JsonObject data) when data["text/plain"] is { } text => Pre(Text(text)),
        _ => "",
    };

    private static string Pre(string text, string kind = "text") =>
        text.Trim() == "" ? "" : $"""<pre class="{kind}">{WebUtility.HtmlEncode(WithoutTimes(Terminal().Replace(text.TrimEnd(), "")))}</pre>""";

    // A book is the same whenever it is made; how long something took is this machine's to say, and another day's.
    private static string WithoutTimes(string text) => Time().Replace(text, "…");

    [GeneratedRegex(@"\x1b\[[0-9;:?]*[ -/]*[@-~]")]
    private static partial Regex Terminal();

    [GeneratedRegex(@"(?<![\w.,])\d[\d,.]*(?= ?(?:ms|µs|s|seconds|minutes)\b)")]
    private static partial Regex Time();
}
