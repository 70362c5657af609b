namespace ArcFace.Headless;

/// <summary>Gives the figures of an executed notebook the form that every viewer shows: an image.</summary>
/// <remarks>A figure is a value with plotly JSON, which editors draw by themselves. GitHub, <c>jupyter nbconvert</c> and printed pages show
/// the <c>image/png</c> that is set beside it here. All figures of a notebook are drawn by one start of the browser, from the plotly.js
/// inside Plotly.NET: no network is needed. A figure with a slider is drawn at the slider's first position.</remarks>
public static class FigureImages
{
    /// <summary>How large a notebook with its images is meant to be at most, in bytes: images are drawn less finely to keep to it.</summary>
    public const int LargestNotebook = 1_500_000;

    internal const string PlotlyMimeType = "application/vnd.plotly.v1+json";
    internal const string PngMimeType = "image/png";

    /// <summary>Draws every figure of a notebook that has no image, and sets the image beside the figure's other forms.</summary>
    /// <param name="notebook">The executed notebook. It is changed.</param>
    /// <param name="browser">What draws.</param>
    /// <param name="cancellation">Ends the drawing; the notebook is then as it was.</param>
    /// <returns>The images, in the notebook's order.</returns>
    /// <exception cref="ChromiumException">The figures cannot be drawn. The notebook is as it was.</exception>
    public static async Task<IReadOnlyList<FigureImage>> AddAsync(
        NotebookDocument notebook, Chromium browser, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        ArgumentNullException.ThrowIfNull(browser);
        (NotebookCell Cell, JsonObject Output)[] figures = [.. notebook.Cells.SelectMany(FiguresOf)];
        if (figures.Length == 0)
        {
            return [];
        }

        JsonNode[] forms = [.. figures.Select(figure => figure.Output["data"]![PlotlyMimeType]!)];
        IReadOnlyList<DrawnFigure> drawn = await DrawAsync(forms, LargestNotebook - NotebookJson.Measure(notebook.Json), browser, cancellation);
        foreach (((_, JsonObject output), DrawnFigure image) in figures.Zip(drawn))
        {
            Add(output, image);
        }

        return
        [
            .. figures.Zip(drawn).GroupBy(figure => figure.First.Cell).SelectMany(cell => cell.Select(
                (figure, index) => new FigureImage(cell.Key, index + 1, Convert.FromBase64String(figure.Second.Png)))),
        ];
    }

    private static IEnumerable<(NotebookCell Cell, JsonObject Output)> FiguresOf(NotebookCell cell) =>
        from output in cell.Json["outputs"] as JsonArray ?? []
        where output["data"] is JsonObject data && data[PlotlyMimeType] is JsonObject && data[PngMimeType] is null
        select (cell, output.AsObject());

    private static async Task<IReadOnlyList<DrawnFigure>> DrawAsync(
        JsonNode[] figures, long room, Chromium browser, CancellationToken cancellation)
    {
        const string Page = "figures.html";
        string folder = Directory.CreateTempSubdirectory("arcface-figures-").FullName;
        try
        {
            PlotlyScript.Save(Path.Combine(folder, FigurePage.ScriptName));
            OutputFile.Write(Path.Combine(folder, Page), stream => stream.Write(Encoding.UTF8.GetBytes(FigurePage.Create(figures, room))));
            return FigurePage.Read(await browser.OpenAsync(folder, Page, cancellation), figures.Length);
        }
        finally
        {
            Remove(folder);
        }
    }

    // JSON, image, text: a viewer takes the richest form that it knows.
    private static void Add(JsonObject output, DrawnFigure image)
    {
        JsonObject data = output["data"]!.AsObject();
        data.Remove(PngMimeType);
        data.Insert(data.IndexOf(PlotlyMimeType) + 1, PngMimeType, image.Png);
        if (output["metadata"] is not JsonObject metadata)
        {
            output["metadata"] = metadata = [];
        }

        metadata[PngMimeType] = new JsonObject { ["width"] = image.Width, ["height"] = image.Height };
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A child of the browser may hold its profile for a moment longer. The system clears its temporary folder.
        }
    }
}

/// <summary>The image of a figure in an executed notebook.</summary>
/// <param name="Cell">The cell that shows the figure.</param>
/// <param name="Number">Which of the cell's figures it is, from 1.</param>
/// <param name="Png">The PNG file.</param>
public sealed record FigureImage(NotebookCell Cell, int Number, ReadOnlyMemory<byte> Png);
