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
        (_, JsonObject data) when data["text/html"] is { } html => TableWithoutTimes(WithoutTimes(Text(html))),
        (_, JsonObject data) when data["text/plain"] is { } text => Pre(Text(text)),
        _ => "",
    };

    private static string Pre(string text, string kind = "text") =>
        text.Trim() == "" ? "" : $"""<pre class="{kind}">{WebUtility.HtmlEncode(WithoutTimes(Terminal().Replace(text.TrimEnd(), "")))}</pre>""";

    // A book is the same whenever it is made; how long something took is this machine's to say, and another day's.
    private static string WithoutTimes(string text) => Time().Replace(text, "…");

    private static string TableWithoutTimes(string html)
    {
        HashSet<int> times =
            [.. Heading().Matches(html).Index().Where(heading => Unit().IsMatch(heading.Item.Value)).Select(heading => heading.Index)];
        return times.Count == 0 ? html : Row().Replace(html, row =>
        {
            int place = 0;
            return Cell().Replace(row.Value, cell => times.Contains(place++) ? "<td>…</td>" : cell.Value);
        });
    }

    [GeneratedRegex(@"\x1b\[[0-9;:?]*[ -/]*[@-~]")]
    private static partial Regex Terminal();

    [GeneratedRegex(@"(?<![\w.,])\d[\d,.]*(?= ?(?:ms|µs|milliseconds|seconds|minutes)\b| \w+/s\b)")]
    private static partial Regex Time();

    [GeneratedRegex("<th>.*?</th>")]
    private static partial Regex Heading();

    [GeneratedRegex(@"\b(?:ms|milliseconds|seconds)\b")]
    private static partial Regex Unit();

    [GeneratedRegex("<tr>.*?</tr>", RegexOptions.Singleline)]
    private static partial Regex Row();

    [GeneratedRegex("<td>.*?</td>", RegexOptions.Singleline)]
    private static partial Regex Cell();
}
