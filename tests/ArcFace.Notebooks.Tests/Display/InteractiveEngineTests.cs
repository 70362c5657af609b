using System.Text.Json.Nodes;

namespace ArcFace.Notebooks.Tests;

/// <summary>The library on .NET Interactive itself.</summary>
[Collection("Console")]
public sealed class InteractiveEngineTests
{
    private const string Json = "application/vnd.plotly.v1+json";
    private const string Point = "Chart.Point<double, double, string>(new double[] { 1, 2, 3 }, new double[] { 3, 1, 2 })";

    [Fact]
    public async Task A_figure_is_shown_as_json_and_text_and_replaced_in_place_also_from_a_later_cell()
    {
        using EngineCells cells = await EngineCells.StartAsync();
        await cells.RunAsync("""var shown = Figure.Titled("one").Line([0.0, 1], [0.0, 1]).Show();""");
        await cells.RunAsync("""shown.Update(Figure.Titled("two").Line([0.0, 1], [1.0, 0]));""");

        Assert.Equal([("display", Json), ("display", "text/plain"), ("update", Json), ("update", "text/plain")], cells.Shown.Select(s => (s.What, s.MimeType)));
        Assert.Equal("one", TitleOf(cells.Shown[0].Content));
        Assert.StartsWith("[figure] one", cells.Shown[1].Content, StringComparison.Ordinal);
        Assert.Equal("two", TitleOf(cells.Shown[2].Content));
    }

    [Fact]
    public async Task Progress_ends_on_its_last_state()
    {
        using EngineCells cells = await EngineCells.StartAsync();
        await cells.RunAsync("""
            using ArcFace.Training;
            var progress = new Session(1, null, "", 1, new Check()).Progress("digits");
            for (int step = 1; step <= 40; step++)
            {
                progress.Report(new TrainingProgress(1, 1, step, 40, 0.5, 0.1, 1000, TimeSpan.Zero, step < 40 ? null : new EpochRecord(1, 0.5, 0.1, 0.75)));
            }
            """);

        Assert.Equal("display", cells.Shown[0].What);
        Assert.All(cells.Shown.Skip(2), shown => Assert.Equal("update", shown.What));
        Assert.Contains("""<progress value="1.000">""", cells.Shown.Last(shown => shown.MimeType == "text/html").Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_is_shown_as_html_and_text()
    {
        using EngineCells cells = await EngineCells.StartAsync();
        await cells.RunAsync("""new Table("loss").Row("<0.5").Show();""");

        Assert.Equal([("display", "text/html"), ("display", "text/plain")], cells.Shown.Select(s => (s.What, s.MimeType)));
        Assert.Contains("<td>&lt;0.5</td>", cells.Shown[0].Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Figures_and_tables_as_the_last_expression_draw_themselves()
    {
        using EngineCells cells = await EngineCells.StartAsync();
        await cells.RunAsync("""Figure.Titled("one").Line([0.0, 1], [0.0, 1])""");
        await cells.RunAsync("""new Table("loss").Row("0.5")""");

        Assert.Equal(
            [("return", Json), ("return", "text/plain"), ("return", "text/html"), ("return", "text/plain")], cells.Shown.Select(s => (s.What, s.MimeType)));
    }

    [Fact]
    public async Task A_readers_own_Plotly_chart_is_drawn_without_a_network_before_anything_of_the_library_is_used()
    {
        using EngineCells cells = await EngineCells.StartAsync();
        await cells.RunAsync(Point);

        AssertPoint(cells);
    }

    [Fact]
    public async Task It_still_is_when_Plotly_NET_Interactive_is_loaded_after_the_library()
    {
        using EngineCells cells = await EngineCells.StartAsync();
        await cells.RunAsync($"#r \"{typeof(Plotly.NET.Interactive.FormatterKernelExtension).Assembly.Location}\"");
        await cells.RunAsync("""
            Microsoft.DotNet.Interactive.IKernelExtension extension = new Plotly.NET.Interactive.FormatterKernelExtension();
            await extension.OnLoadAsync(null);
            """);
        cells.Shown.Clear();
        await cells.RunAsync(Point);

        AssertPoint(cells);
    }

    private static void AssertPoint(EngineCells cells)
    {
        Assert.Equal([("return", Json), ("return", "text/plain")], cells.Shown.Select(s => (s.What, s.MimeType)));
        Assert.Equal("[3,1,2]", JsonNode.Parse(cells.Shown[0].Content)!["data"]![0]!["y"]!.ToJsonString().Replace(".0", "", StringComparison.Ordinal));
    }

    private static string TitleOf(string json) => (string)JsonNode.Parse(json)!["layout"]!["title"]!["text"]!;
}
