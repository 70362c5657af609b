using System.Text.Json.Nodes;
using ArcFace.Notebooks.Charts;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Tests;

public class FigureTests
{
    private static readonly double[] X = [0, 1, 2];
    private static readonly double[] Y = [0.5, 0.25, 0.125];

    [Fact]
    public void A_figure_never_changes_when_something_is_added_to_it()
    {
        Figure empty = Figure.Titled("t", "x", "y");
        string before = empty.ToPlotlyJson();

        Figure line = empty.Line(X, Y, "a").VerticalLine(1, "one").Ranged(x: (0, 2));

        Assert.Equal(before, empty.ToPlotlyJson());
        Assert.Equal(1, line.TraceCount);
        Assert.Equal(0, empty.TraceCount);
    }

    [Fact]
    public void A_line_carries_its_points_name_and_color_into_the_plotly_json()
    {
        JsonNode figure = Json(Figure.Titled("t", "x label", "y label").Line(X, Y, "decay", Palette.Class(2)));
        JsonNode trace = figure["data"]![0]!;

        Assert.Equal("decay", (string?)trace["name"]);
        Assert.Equal(X, Numbers(trace["x"]));
        Assert.Equal(Y, Numbers(trace["y"]));
        Assert.Equal(Palette.Class(2), (string?)trace["line"]!["color"]);
        Assert.Equal("x label", (string?)figure["layout"]!["xaxis"]!["title"]!["text"]);
        Assert.Equal("t", (string?)figure["layout"]!["title"]!["text"]);
    }

    [Fact]
    public void Numbers_are_rounded_to_six_digits_and_NaN_becomes_a_gap()
    {
        JsonNode trace = Json(Figure.Titled("t").Line([1.23456789, 2], [double.NaN, 1e-9 / 3]))["data"]![0]!;

        Assert.Equal("[1.23457,2]", trace["x"]!.ToJsonString());
        Assert.Null(trace["y"]![0]);
        Assert.Equal(3.33333e-10, (double)trace["y"]![1]!);
    }

    [Fact]
    public void Axes_of_different_lengths_are_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Figure.Titled("t").Line([1, 2, 3], [1, 2]));
        Assert.Contains("3 values on one axis and 2 on the other", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bars_by_class_give_every_class_the_color_it_has_in_other_figures()
    {
        JsonNode trace = Json(Figure.Titled("t").BarsByClass(["a", "b", "c"], [0.5, 0.25, 0.125]))["data"]![0]!;

        Assert.Equal("bar", (string?)trace["type"]);
        Assert.Equal([0.5, 0.25, 0.125], Numbers(trace["y"]));
        Assert.Equal([Palette.Class(0), Palette.Class(1), Palette.Class(2)], trace["marker"]!["color"]!.AsArray().Select(color => (string)color!));
    }

    [Fact]
    public void The_ten_class_colors_differ()
    {
        Assert.Equal(10, Enumerable.Range(0, 10).Select(Palette.Class).Distinct().Count());
        Assert.Equal(Palette.Class(0), Palette.Class(10));
    }

    [Fact]
    public void A_grid_of_images_holds_every_pixel_at_its_place()
    {
        using Tensor images = arange(2 * 2 * 3, dtype: ScalarType.Float32).reshape(2, 1, 2, 3);
        JsonNode figure = Json(Figure.Images("two", images, ["first", "second"], columns: 2));
        JsonArray rows = (JsonArray)figure["data"]![0]!["z"]!;

        // Pictures of width 3 stand 4 apart: one column of gap.
        Assert.Equal("[0,1,2,null,6,7,8,null]", rows[0]!.ToJsonString());
        Assert.Equal("[3,4,5,null,9,10,11,null]", rows[1]!.ToJsonString());
        Assert.Equal(["first", "second"], ((JsonArray)figure["layout"]!["annotations"]!).Select(a => (string?)a!["text"]));
    }

    [Fact]
    public void Images_in_colour_keep_their_colours_and_stand_on_white()
    {
        using var scope = NewDisposeScope();
        Tensor images = arange(6, dtype: ScalarType.Float32).div(5).view(1, 3, 1, 2);
        JsonNode figure = Json(Figure.Images("one", images));

        // Two pixels, red first, and the gap beside and below them.
        Assert.Equal("image", (string?)figure["data"]![0]!["type"]);
        string source = figure["data"]![0]!["source"]!.GetValue<string>();
        Assert.StartsWith("data:image/png;base64,", source, StringComparison.Ordinal);
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, Convert.FromBase64String(source[(source.IndexOf(',', StringComparison.Ordinal) + 1)..]));
            using var picture = ArcFace.Faces.Pictures.Picture.Load(file, new());
            byte[] planes = picture.Planes(3);
            Assert.Equal((3, 2), (picture.Width, picture.Height));
            Assert.Equal([0, 51, 255, 255, 255, 255], planes[..6]);
            Assert.Equal([102, 153, 255, 255, 255, 255], planes[6..12]);
            Assert.Equal([204, 255, 255, 255, 255, 255], planes[12..]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Images_of_two_channels_are_refused_with_their_shape()
    {
        using Tensor images = zeros(2, 2, 4, 4);
        ArgumentException error = Assert.Throws<ArgumentException>(() => Figure.Images("t", images));
        Assert.Contains("[2, 2, 4, 4]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_position_of_a_slider_shows_its_own_traces_and_title()
    {
        Figure slider = Figure.Slider("T", [1, 2, 3], t => Figure.Titled($"T is {t}").Line(X, Y).Line(X, [t, t, t]), start: 1);
        JsonNode figure = Json(slider);
        JsonArray steps = (JsonArray)figure["layout"]!["sliders"]![0]!["steps"]!;

        Assert.Equal([false, false, true, true, false, false], ((JsonArray)figure["data"]!).Select(t => (bool)t!["visible"]!));
        Assert.Equal(["1", "2", "3"], steps.Select(s => (string?)s!["label"]));
        Assert.Equal("T is 3", (string?)steps[2]!["args"]![1]!["title.text"]);
        Assert.Equal("[false,false,false,false,true,true]", steps[2]!["args"]![0]!["visible"]!.ToJsonString());
        Assert.Equal("T is 2", slider.Title);
    }

    [Fact]
    public void A_row_gives_every_panel_axes_of_its_own_and_moves_its_marks_there()
    {
        Figure left = Figure.Titled("left").Line(X, Y, "same"), right = Figure.Titled("right").Line(X, Y, "same").VerticalLine(1, "one");
        JsonNode figure = Json(Figure.Row("both", left, right));
        JsonNode layout = figure["layout"]!;

        Assert.Equal(["x", "x2"], ((JsonArray)figure["data"]!).Select(t => (string?)t!["xaxis"]));
        Assert.True((double)layout["xaxis"]!["domain"]![1]! < (double)layout["xaxis2"]!["domain"]![0]!);
        Assert.Equal("x2", (string?)layout["shapes"]![0]!["xref"]);
        Assert.Equal("y2 domain", (string?)layout["shapes"]![0]!["yref"]);
        Assert.Equal([true, false], ((JsonArray)figure["data"]!).Select(t => (bool)t!["showlegend"]!));
    }

    [Fact]
    public void Panels_without_axes_stand_closer_and_so_are_wider()
    {
        Figure panel = Figure.Titled("t").Line(X, Y);
        double Width(Figure one) => (double)Json(Figure.Row("both", one, one))["layout"]!["xaxis"]!["domain"]![1]!;

        Assert.InRange(Width(panel.WithoutAxes()), 1.05 * Width(panel), 0.5);
    }

    [Fact]
    public void A_mark_on_a_logarithmic_axis_is_placed_by_its_power_of_ten()
    {
        JsonNode layout = Json(Figure.Titled("t").Logarithmic(x: true).VerticalLine(0.001, "a thousandth"))["layout"]!;

        Assert.Equal(-3.0, (double)layout["annotations"]![0]!["x"]!, 6);
        Assert.Equal(0.001, (double)layout["shapes"]![0]!["x0"]!);
    }

    [Fact]
    public void Ticks_stand_where_they_are_asked_for_also_on_a_logarithmic_axis()
    {
        JsonNode layout = Json(Figure.Titled("t").Line(X, Y).Logarithmic(x: true).Ticked(x: [1, 4, 64]))["layout"]!;

        Assert.Equal("[1,4,64]", layout["xaxis"]!["tickvals"]!.ToJsonString());
        Assert.Equal("""["1","4","64"]""", layout["xaxis"]!["ticktext"]!.ToJsonString());
        Assert.Null(layout["yaxis"]!["tickvals"]);
    }

    [Fact]
    public void An_area_closes_its_outline_and_fills_it()
    {
        JsonNode trace = Json(Figure.Titled("t").Area(X, Y, "a"))["data"]![0]!;

        Assert.Equal([0, 1, 2, 0], Numbers(trace["x"]));
        Assert.Equal([0.5, 0.25, 0.125, 0.5], Numbers(trace["y"]));
        Assert.Equal("toself", (string?)trace["fill"]);
    }

    [Fact]
    public void Without_axes_neither_is_drawn()
    {
        JsonNode layout = Json(Figure.Titled("t").Line(X, Y).WithoutAxes())["layout"]!;

        Assert.False((bool)layout["xaxis"]!["visible"]!);
        Assert.False((bool)layout["yaxis"]!["visible"]!);
    }

    [Fact]
    public void The_text_form_names_every_visible_trace_with_its_range()
    {
        string text = Figure.Titled("Decay").Line(X, Y, "halves").ToString();
        Assert.Equal("[figure] Decay\n  scatter \"halves\" · x 0..2 (3) · y 0.125..0.5 (3)", text.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void A_page_holds_plotly_itself_and_cannot_be_closed_from_within_a_title()
    {
        Figure figure = Figure.Titled("</script><b>").Line(X, Y);
        string page = PlotlyHtml.Page(figure.Title, PlotlyHtml.Fragment(figure.ToPlotlyJson(), withLibrary: true));

        Assert.Contains("plotly.js v2", page, StringComparison.Ordinal);
        Assert.DoesNotContain("</script><b>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_histogram_needs_a_range_and_bins()
    {
        Assert.Throws<ArgumentException>(() => Figure.Titled("t").Histogram(X, 1, 1, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => Figure.Titled("t").Histogram(X, 0, 1, 0));
    }

    private static JsonNode Json(Figure figure) => JsonNode.Parse(figure.ToPlotlyJson())!;

    private static IEnumerable<double> Numbers(JsonNode? node) => ((JsonArray)node!).Select(n => (double)n!);
}
