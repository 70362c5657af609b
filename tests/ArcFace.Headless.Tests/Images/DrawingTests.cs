using System.Buffers.Binary;
using System.Text.Json.Nodes;

namespace ArcFace.Headless.Tests.Images;

/// <summary>What a real browser makes of figures.</summary>
public sealed class DrawingTests : IDisposable
{
    private const string Points = """{"type": "scatter", "mode": "markers", "x": [1, 2, 3], "y": [1, 3, 2]}""";
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Every_kind_of_figure_becomes_an_image_of_its_own_by_one_start_of_the_browser()
    {
        string browser = Installed().Path;
        Chromium counting = StandInBrowser.Of(_folder, $"echo start >> '{_folder.At("starts")}'\nexec '{browser}' \"$@\"");
        const string Slider =
            """, "sliders": [{"steps": [{"label": "</script>", "method": "skip"}, {"label": "&lt;", "method": "skip"}]}]""";
        NotebookDocument notebook = ExecutedNotebook.WithFigures(
            _folder,
            ExecutedNotebook.Figure(""),
            ExecutedNotebook.Figure(Points),
            ExecutedNotebook.Figure("""{"type": "heatmap", "z": [[1, 2], [3, 4]]}"""),
            ExecutedNotebook.Figure(Points, Slider),
            ExecutedNotebook.Figure("""{"type": "scatter3d", "mode": "markers", "x": [1, 2], "y": [1, 2], "z": [1, 2]}"""),
            ExecutedNotebook.Figure(Points)[..^1] + $$$""", "frames": [{"name": "1", "data": [{{{Points}}}]}]}""");

        IReadOnlyList<FigureImage> images = await FigureImages.AddAsync(notebook, counting, TestContext.Current.CancellationToken);

        Assert.Equal(6, images.Count);
        for (int i = 0; i < images.Count; i++)
        {
            byte[] png = notebook.Png(i + 1);
            Assert.Equal(images[i].Png, png);
            Assert.Equal((800, 800), SizeOf(png));
            Assert.Equal(
                [ExecutedNotebook.Plotly, "image/png", "text/plain"],
                notebook.Outputs(i + 1)[0]!["data"]!.AsObject().Select(form => form.Key));
            Assert.Equal(400, (int)notebook.Outputs(i + 1)[0]!["metadata"]!["image/png"]!["width"]!);
        }

        // Frames move on request only, so the last figure looks like the second; the first five differ.
        Assert.Equal(5, images.Take(5).Select(image => Convert.ToBase64String(image.Png.Span)).Distinct().Count());
        Assert.Equal(images[1].Png, images[5].Png);
        Assert.Single(await File.ReadAllLinesAsync(_folder.At("starts"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Images_are_less_fine_where_the_notebook_would_become_too_large()
    {
        Chromium browser = Installed();
        string ballast = new('x', FigureImages.LargestNotebook - 12_000);
        NotebookDocument notebook = ExecutedNotebook.WithFigures(_folder, ExecutedNotebook.Figure(Points));
        notebook.Outputs(1).Add(new JsonObject { ["output_type"] = "stream", ["name"] = "stdout", ["text"] = ballast });

        await FigureImages.AddAsync(notebook, browser, TestContext.Current.CancellationToken);

        Assert.Equal((400, 400), SizeOf(notebook.Png(1)));
    }

    [Fact]
    public async Task A_figure_that_cannot_be_drawn_is_an_error_that_names_it()
    {
        Chromium browser = Installed();
        NotebookDocument notebook = ExecutedNotebook.WithFigures(
            _folder, ExecutedNotebook.Figure(Points), """{"data": [], "layout": {"width": -1, "height": 200}}""");

        ChromiumException error = await Assert.ThrowsAsync<ChromiumException>(
            () => FigureImages.AddAsync(notebook, browser, TestContext.Current.CancellationToken));

        Assert.Contains("figure 2 of the notebook cannot be drawn", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static Chromium Installed()
    {
        try
        {
            return Chromium.Find();
        }
        catch (ChromiumException exception)
        {
            Assert.Skip(exception.Message);
            throw;
        }
    }

    private static (int Width, int Height) SizeOf(byte[] png)
    {
        Assert.Equal([0x89, 0x50, 0x4e, 0x47], png[..4]);
        return (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
    }
}
