namespace ArcFace.Headless;

/// <summary>Gives the figures of an executed notebook the form that every viewer shows: an image.</summary>
/// <remarks>A figure is a value with plotly JSON, which editors draw by themselves. GitHub, <c>jupyter nbconvert</c> and printed pages show
/// the <c>image/png</c> that is set beside it here. All figures of a notebook are drawn by one start of the browser, from the plotly.js
/// inside Plotly.NET: no network is needed. A figure with a slider is drawn at the slider's first position.</remarks>
internal static class FigureImages
{
    /// <summary>How large a notebook with its images is meant to be at most, in bytes: images are drawn less finely to keep to it.</summary>
    public const int LargestNotebook = 1_500_000;

    internal const string PlotlyMimeType = "application/vnd.plotly.v1+json";
    internal const string PngMimeType = "image/png";
    private const string PageName = "figures.html";

    /// <summary>Draws every figure of a notebook that has no image, and sets the image beside the figure's other forms.</summary>
    /// <returns>The images, in the notebook's order.</returns>
    /// <exception cref="ChromiumException">The figures cannot be drawn. The notebook is as it was.</exception>
    public static async Task<IReadOnlyList<FigureImage>> AddAsync(NotebookDocument notebook, Chromium browser, CancellationToken cancellation)
    {
        (NotebookCell Cell, int Number, JsonObject Output)[] figures = [.. notebook.Cells.SelectMany(FiguresOf)];
        if (figures.Length == 0)
        {
            return [];
        }

        JsonNode[] forms = [.. figures.Select(figure => figure.Output["data"]![PlotlyMimeType]!)];
        using var folder = new TemporaryFolder();
        PlotlyScript.Save(Path.Combine(folder.Path, FigurePage.ScriptName));
        OutputFile.Write(Path.Combine(folder.Path, PageName), FigurePage.Create(forms, LargestNotebook - NotebookJson.Measure(notebook.Json)));
        var drawn = FigurePage.Read(await browser.OpenAsync(folder.Path, PageName, cancellation), figures.Length);
        foreach ((var figure, var image) in figures.Zip(drawn))
        {
            Add(figure.Output, image.Png, image.Width, image.Height);
        }

        return [.. figures.Zip(drawn, (figure, image) => new FigureImage(figure.Cell, figure.Number, Convert.FromBase64String(image.Png)))];
    }

    private static IEnumerable<(NotebookCell Cell, int Number, JsonObject Output)> FiguresOf(NotebookCell cell) =>
        (cell.Json["outputs"] as JsonArray ?? []).OfType<JsonObject>()
            .Where(output => output["data"] is JsonObject data && data[PlotlyMimeType] is JsonObject && data[PngMimeType] is null)
            .Select((output, index) => (cell, index + 1, output));

    // JSON, image, text: a viewer takes the richest form that it knows.
    private static void Add(JsonObject output, string png, int width, int height)
    {
        JsonObject data = output["data"]!.AsObject();
        data.Remove(PngMimeType);
        data.Insert(data.IndexOf(PlotlyMimeType) + 1, PngMimeType, png);
        if (output["metadata"] is not JsonObject metadata)
        {
            output["metadata"] = metadata = [];
        }

        metadata[PngMimeType] = new JsonObject { ["width"] = width, ["height"] = height };
    }
}

/// <summary>The image of a figure, which is numbered from 1 among the figures that its cell shows, as a PNG file.</summary>
internal sealed record FigureImage(NotebookCell Cell, int Number, ReadOnlyMemory<byte> Png);
