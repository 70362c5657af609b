using System.Text.Json.Nodes;
using ArcFace.Notebooks.Charts;

namespace ArcFace.Notebooks.Tests;

public class KnobTests
{
    private static readonly double[] Positions = [0, 10, 20];
    private static readonly double[] Fine = [0, 5, 10, 15, 20];

    [Fact]
    public void What_is_seen_is_what_both_sliders_leave_in_whatever_order_they_are_turned()
    {
        JsonObject figure = Json(Knobs());
        JsonObject[] traces = [.. ((JsonArray)figure["data"]!).Select(trace => (JsonObject)trace!)];
        Assert.Equal(["20"], Seen(traces));

        Apply(traces, Args(figure, slider: 1, position: 0));
        Apply(traces, Args(figure, slider: 0, position: 1));
        Assert.Equal(["11"], Seen(traces));

        Apply(traces, Args(figure, slider: 1, position: 2));
        Assert.Equal(["31"], Seen(traces));
    }

    [Fact]
    public void What_is_not_seen_answers_no_pointer_and_stands_in_no_legend()
    {
        JsonObject figure = Json(Knobs());
        JsonObject[] traces = [.. ((JsonArray)figure["data"]!).Select(trace => (JsonObject)trace!)];

        foreach (JsonObject trace in traces.Where(trace => (double)trace["opacity"]! == 0))
        {
            Assert.Equal("skip", (string?)trace["hoverinfo"]);
            Assert.False((bool)trace["showlegend"]!);
        }

        Apply(traces, Args(figure, slider: 1, position: 0));
        Assert.Equal(["10"], traces.Where(t => (bool)t["visible"]! && (bool)t["showlegend"]!).Select(t => (string)t["name"]!));
    }

    [Fact]
    public void The_cursor_marks_the_same_share_of_every_line_with_a_readout()
    {
        JsonObject figure = Json(Knobs());
        JsonObject[] traces = [.. ((JsonArray)figure["data"]!).Select(trace => (JsonObject)trace!)];
        Assert.All(traces.Where(t => t.ContainsKey("selectedpoints")), t => Assert.Equal("[2]", t["selectedpoints"]!.ToJsonString()));
        Assert.Equal(6, traces.Count(t => t.ContainsKey("selectedpoints")));

        JsonArray args = Args(figure, slider: 2, position: 2);
        Assert.Equal("[[4],[4],[4],[4],[4],[4]]", args[0]!["selectedpoints"]!.ToJsonString());
        Assert.Equal([0, 2, 4, 6, 8, 10], ((JsonArray)args[1]!).Select(t => (int)t!));
    }

    [Fact]
    public void Shapes_follow_the_first_slider()
    {
        JsonObject figure = Json(Knobs());

        Assert.Equal(0.0, (double)figure["layout"]!["shapes"]![0]!["x0"]!);
        Assert.Equal(1.0, (double)Args(figure, slider: 0, position: 1)[1]!["shapes"]![0]!["x0"]!);
    }

    [Fact]
    public void Points_that_miss_the_positions_of_the_cursor_are_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Figure.Knobs(
            new("a", [1]), new("b", [1]), new("c", Positions), (_, _) => Figure.Titled("t").Line([0, 1, 2, 3], [0, 1, 2, 3]).WithReadout()));
        Assert.Contains("4 points, which do not fall evenly on the 3 positions of 'c'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_that_differ_in_their_traces_are_refused() => Assert.Throws<ArgumentException>(() => Figure.Knobs(
        new("a", [1, 2]), new("b", [1]), new("c", Positions), (a, _) => a > 1 ? Figure.Titled("t") : Figure.Titled("t").Line(Fine, Fine)));

    [Fact]
    public void A_readout_without_a_line_and_a_knob_without_positions_are_refused()
    {
        Assert.Throws<InvalidOperationException>(() => Figure.Titled("t").WithReadout());
        Assert.Throws<ArgumentException>(() => Figure.Knobs(new("a", []), new("b", [1]), new("c", [1]), (_, _) => Figure.Titled("t")));
        Assert.Throws<ArgumentOutOfRangeException>(() => Figure.Knobs(new("a", [1], 1), new("b", [1]), new("c", [1]), (_, _) => Figure.Titled("t")));
    }

    [Fact]
    public void A_grid_stacks_rows_of_panels_from_the_top()
    {
        Figure panel = Figure.Titled("panel").Line(Fine, Fine);
        JsonNode layout = Json(Figure.Grid("four", 2, panel, panel, panel, panel))["layout"]!;

        Assert.Equal((double)layout["yaxis"]!["domain"]![0]!, (double)layout["yaxis2"]!["domain"]![0]!);
        Assert.Equal((double)layout["xaxis"]!["domain"]![0]!, (double)layout["xaxis3"]!["domain"]![0]!);
        Assert.True((double)layout["yaxis3"]!["domain"]![1]! < (double)layout["yaxis"]!["domain"]![0]!);
        Assert.Equal(1.0, (double)layout["yaxis"]!["domain"]![1]!);
        Assert.Equal(0.0, (double)layout["yaxis4"]!["domain"]![0]!, 12);
    }

    // Two margins, three scales: the name of the first line is their sum.
    private static Figure Knobs() => Figure.Knobs(
        new("m", [0, 1]),
        new("s", [10, 20, 30], 1),
        new("angle", Positions, 1),
        (m, s) => Figure.Titled("t").Line(Fine, Fine, $"{m + s}").WithReadout().Line(Fine, Fine).VerticalLine(m));

    private static IEnumerable<string> Seen(JsonObject[] traces) => traces
        .Where(t => (bool)t["visible"]! && (double)t["opacity"]! > 0 && ((string)t["name"]!).Length > 0).Select(t => (string)t["name"]!);

    private static JsonArray Args(JsonObject figure, int slider, int position) =>
        (JsonArray)figure["layout"]!["sliders"]![slider]!["steps"]![position]!["args"]!;

    // What plotly.js does on a step: the k-th value of each list goes to the k-th trace.
    private static void Apply(JsonObject[] traces, JsonArray args)
    {
        foreach ((string attribute, JsonNode? values) in (JsonObject)args[0]!)
        {
            for (int t = 0; t < traces.Length; t++)
            {
                traces[t][attribute] = values![t]!.DeepClone();
            }
        }
    }

    private static JsonObject Json(Figure figure) => (JsonObject)JsonNode.Parse(figure.ToPlotlyJson())!;
}
