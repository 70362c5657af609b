using System.Text.Json.Nodes;
using ArcFace.Notebooks.Charts;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Tests;

public sealed class AnimationTests
{
    private static readonly string[] Names = ["zero", "one"];

    private static JsonNode Json(Figure figure) => JsonNode.Parse(figure.ToPlotlyJson())!;

    private static Figure Moving(double at) =>
        Figure.Titled($"at {at}").Ranged(x: (0, 9), y: (0, 9))
            .Line([0, 9], [0, 9], "still").Points([at], [2 * at], "moving").Text(at, at, $"{at}");

    [Fact]
    public void Animation_stores_for_each_position_only_the_traces_that_move()
    {
        JsonNode figure = Json(Figure.Animation("time", [1, 2, 3], Moving, start: 1));
        Assert.Equal(2, figure["data"]!.AsArray().Count);
        Assert.Equal(2, (double)figure["data"]![1]!["x"]![0]!);
        JsonArray steps = figure["layout"]!["sliders"]![0]!["steps"]!.AsArray();
        Assert.Equal(3, steps.Count);
        Assert.Equal(1, (int)figure["layout"]!["sliders"]![0]!["active"]!);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("animate", (string)steps[i]!["method"]!);
            JsonNode frame = steps[i]!["args"]![0]![0]!;
            Assert.Equal([1], frame["traces"]!.AsArray().Select(t => (int)t!));
            Assert.Equal(i + 1, (double)frame["data"]![0]!["x"]![0]!);
            Assert.Equal(2 * (i + 1), (double)frame["data"]![0]!["y"]![0]!);
            Assert.Equal($"at {i + 1}", (string)frame["layout"]!["title"]!["text"]!);
            Assert.Equal(i + 1, (double)frame["layout"]!["annotations"]![0]!["x"]!);
        }
    }

    [Fact]
    public void Play_goes_through_all_positions_and_takes_the_slider_along()
    {
        JsonNode button = Json(Figure.Animation("time", [1, 2, 3], Moving))["layout"]!["updatemenus"]![0]!["buttons"]![0]!;
        JsonArray frames = button["args"]![0]!.AsArray();
        Assert.Equal("animate", (string)button["method"]!);
        Assert.Equal([1.0, 2.0, 3.0], frames.Select(frame => (double)frame!["data"]![0]!["x"]![0]!));
        Assert.Equal([0, 1, 2], frames.Select(frame => (int)frame!["layout"]!["sliders"]![0]!["active"]!));
    }

    [Fact]
    public void Animation_refuses_figures_that_are_not_the_same_traces()
    {
        Assert.Throws<ArgumentException>("values", () => Figure.Animation("time", [], Moving));
        Assert.Throws<ArgumentOutOfRangeException>("start", () => Figure.Animation("time", [1], Moving, start: 1));
        Assert.Throws<ArgumentException>(
            "draw", () => Figure.Animation("time", [1, 2], at => at == 1 ? Moving(1) : Moving(2).Line([0], [0])));
        Assert.Throws<ArgumentException>(
            "draw", () => Figure.Animation("time", [1, 2], at => at == 1 ? Moving(1) : Moving(2).Text(0, 0, "more")));
    }

    [Fact]
    public void Rays_show_the_class_weights_where_they_are_given()
    {
        using var scope = NewDisposeScope();
        Tensor points = tensor(new double[,] { { 3, 0 }, { 0, 3 } });
        Tensor labels = tensor([0L, 1L]);
        Tensor weight = tensor(new double[,] { { 0, -5 }, { -5, 0 } });
        JsonArray traces = Json(Figure.EmbeddingPlane("t", points, labels, Names, weight: weight))["data"]!.AsArray();
        Assert.Equal([0.0, -3.0], traces[2]!["y"]!.AsArray().Select(y => (double)y!));
        Assert.Equal([0.0, -3.0], traces[3]!["x"]!.AsArray().Select(x => (double)x!));

        ArgumentException error = Assert.Throws<ArgumentException>(
            "weight", () => Figure.EmbeddingPlane("t", points, labels, Names, weight: ones(3, 2)));
        Assert.Contains("[3, 2]", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("weight", () => Figure.EmbeddingSphere("t", ones(2, 3), labels, Names, weight: ones(2, 2)));
    }
}
