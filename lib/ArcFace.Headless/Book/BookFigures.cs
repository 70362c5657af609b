namespace ArcFace.Headless.Book;

/// <summary>A notebook's figures as files beside its page: plotly JSON for the page's script, and an image for readers without scripts.</summary>
internal sealed class BookFigures(string folder, string name)
{
    private int _count;

    /// <summary>Writes a figure, given by its forms, and gives the place where the page draws it.</summary>
    public string Add(JsonObject forms)
    {
        string file = string.Create(CultureInfo.InvariantCulture, $"figures/{name}/{++_count:00}");
        JsonNode figure = forms[FigureImages.PlotlyMimeType]!;
        OutputFile.Write(Path.Combine(folder, $"{file}.json"), figure.ToJsonString(NotebookJson.OnOneLine));
        string text = WebUtility.HtmlEncode(CellOutputs.Text(forms["text/plain"]).Split('\n')[0].Replace("[figure] ", "", StringComparison.Ordinal));
        string still = $"<p>{text}: this figure is drawn by a script.</p>";
        if (forms[FigureImages.PngMimeType] is { } png)
        {
            OutputFile.Write(Path.Combine(folder, $"{file}.png"), Convert.FromBase64String(CellOutputs.Text(png)));
            still = $"""<img src="{file}.png" alt="{text}">""";
        }

        (int width, int height) = (Size(figure, "width", 700), Size(figure, "height", 450));
        return string.Create(CultureInfo.InvariantCulture,
            $"""<div class="figure" role="img" aria-label="{text}" data-figure="{file}.json" style="width:{width}px;height:{height}px"><noscript>{still}</noscript></div>""");
    }

    private static int Size(JsonNode figure, string side, int usual) =>
        figure["layout"]?[side] is JsonValue value && value.TryGetValue(out int size) ? size : usual;
}
