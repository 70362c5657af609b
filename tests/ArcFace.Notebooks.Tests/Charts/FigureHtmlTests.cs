using ArcFace.Headless;
using ArcFace.Notebooks.Charts;

namespace ArcFace.Notebooks.Tests;

/// <summary>Whether a browser without a network draws the figures of documents, as engines of HTML make them.</summary>
[Collection("Console")]
public sealed class FigureHtmlTests : IDisposable
{
    private const string RequireJs = "<script>window.define = () => { throw new Error('a module loader took it'); }; define.amd = {};</script>";
    private static readonly Figure Line = Figure.Titled("</script>θ").Line([0, 1], [0, 1]);

    [Theory]
    [InlineData("")]
    [InlineData(RequireJs)]
    [InlineData("<script>window.module = { exports: {} }; window.exports = module.exports;</script>")]
    public async Task Figures_draw_with_and_without_require(string head)
    {
        string document = head + PlotlyHtml.Library + Fragment(withLibrary: false) + Fragment(withLibrary: false);

        Assert.Equal(2, await DrawnAsync(document));
    }

    [Fact]
    public async Task A_figure_draws_that_stands_before_what_brings_plotly_and_where_each_brings_it()
    {
        Assert.Equal(2, await DrawnAsync(Fragment(withLibrary: false) + PlotlyHtml.Library + PlotlyHtml.Library + Fragment(withLibrary: true)));
        Assert.Equal(1, await DrawnAsync(Fragment(withLibrary: true)));
    }

    [Fact]
    public async Task Without_the_cell_that_brings_plotly_a_figure_says_what_to_do()
    {
        string page = await OpenAsync(Fragment(withLibrary: false));

        Assert.Contains(">plotly.js is not loaded: run the cell that starts the session<", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_document_of_a_process_draws_and_so_does_a_document_after_a_cell_is_run_again()
    {
        using var engine = new StandInEngine(StandInEngine.VersoName, StandInEngine.Verso);
        Display.Register(EngineDisplay.Find([engine.Assembly])!);
        List<string> RunCells()
        {
            engine.Lines.Clear();
            Display.StartDocument();
            Line.Show();
            Line.Show();
            return [.. engine.Lines.Select(line => line.Split(' ', 2)[1])];
        }

        RunCells();
        List<string> second = RunCells();
        Line.Show();
        second[1] = engine.Lines[^1].Split(' ', 2)[1];

        Assert.Equal(2, await DrawnAsync(string.Concat(second)));
    }

    [Fact]
    public async Task A_page_draws() => Assert.Single(Drawn(await OpenAsync(PlotlyHtml.Page("t", Fragment(withLibrary: true)))));

    public void Dispose() => Display.Register(new ConsoleDisplay());

    private static string Fragment(bool withLibrary) => PlotlyHtml.Fragment(Line.ToPlotlyJson(), withLibrary);

    private static async Task<int> DrawnAsync(string document) => Drawn(await OpenAsync($"<!DOCTYPE html><meta charset=\"utf-8\">{document}")).Count;

    private static System.Text.RegularExpressions.MatchCollection Drawn(string page) =>
        System.Text.RegularExpressions.Regex.Matches(page, "class=\"js-plotly-plot\"");

    private static async Task<string> OpenAsync(string document)
    {
        Chromium browser;
        try
        {
            browser = Chromium.Find();
        }
        catch (ChromiumException exception)
        {
            Assert.Skip(exception.Message);
            throw;
        }

        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "page.html"), document, TestContext.Current.CancellationToken);
        return await browser.OpenAsync(folder.Path, "page.html", TestContext.Current.CancellationToken);
    }
}
