using System.Text.Json.Nodes;
using ArcFace.Evaluation;
using ArcFace.Notebooks.Charts;
using ArcFace.Notebooks.Lessons;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Tests;

public sealed class EvaluationFigureTests
{
    private static readonly string[] Names = ["a", "b", "c"];

    // From the top: g .9, g .8, i .6, g .3, i .2, i .1, i -.5.
    private static readonly RocCurve Curve = RocCurve.FromScores(
        [0.6, 0.9, 0.3, 0.1, 0.8, 0.2, -0.5], [false, true, true, false, true, false, false]);

    [Fact]
    public void Score_histograms_hold_every_pair_once_and_mark_the_threshold()
    {
        JsonNode figure = Json(Figure.ScoreHistogram("t", Curve, 0.7));
        foreach (string kind in (string[])["genuine (3 pairs)", "impostor (4 pairs)"])
        {
            Assert.Equal(1, Numbers(Trace(figure, kind)["y"]).Sum(), 1e-5);
        }

        Assert.Equal(0.7, (double)figure["layout"]!["shapes"]![0]!["x0"]!);
        Assert.Contains("threshold 0.700", (string?)figure["layout"]!["annotations"]![0]!["text"], StringComparison.Ordinal);

        // Every score lies in a bin whose bar is not empty.
        JsonNode bars = Trace(figure, "genuine (3 pairs)");
        double half = (double)bars["width"]! / 2;
        foreach (double score in (double[])[0.9, 0.8, 0.3])
        {
            Assert.Contains(
                Numbers(bars["x"]).Zip(Numbers(bars["y"])),
                bar => Math.Abs(bar.First - score) <= half + 1e-6 && Six(1.0 / 3, bar.Second));
        }
    }

    [Fact]
    public void A_cumulative_match_figure_ends_with_the_last_rank()
    {
        using var scope = NewDisposeScope();
        Tensor people = eye(4);
        Tensor labels = arange(4, ScalarType.Int64);
        IdentificationReport report = Identification.Evaluate(people, labels, people.roll(1, 0) + (0.5 * people), labels);
        JsonNode line = Trace(Json(Figure.CumulativeMatch("t", 20, ("model", report))), "model");
        Assert.Equal([1, 2, 3, 4], Numbers(line["x"]));
        Assert.Equal([0, 1, 1, 1], Numbers(line["y"]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Figure.CumulativeMatch("t", 0, ("model", report)));
        Assert.Throws<ArgumentException>(() => Figure.CumulativeMatch("t", 5));
    }

    [Fact]
    public void A_confusion_figure_has_shares_as_colors_and_counts_as_text_with_the_first_class_on_top()
    {
        JsonNode figure = Json(Figure.Confusion("t", ConfusionMatrix.Count([0, 1, 1, 1, 0], [0, 0, 1, 1, 1], 3), Names));
        JsonNode trace = figure["data"]![0]!;
        Assert.Equal([0.5, 0.5, 0], Numbers(trace["z"]![0]));
        Assert.Equal([0.333333, 0.666667, 0], Numbers(trace["z"]![1]));
        Assert.Null(trace["z"]![2]![0]);
        Assert.Equal(["1", "2", ""], ((JsonArray)trace["text"]![1]!).Select(cell => (string?)cell));
        Assert.Equal("reversed", (string?)figure["layout"]!["yaxis"]!["autorange"]);
        Assert.Equal(Names, ((JsonArray)figure["layout"]!["xaxis"]!["ticktext"]!).Select(name => (string?)name));
        Assert.Throws<ArgumentException>(() => Figure.Confusion("t", ConfusionMatrix.Count([0], [0], 2), Names));
    }

    [Fact]
    public void A_reliability_figure_has_a_bar_for_each_bin_that_holds_predictions()
    {
        using var scope = NewDisposeScope();
        Tensor probabilities = tensor(new[,] { { 0.75, 0.25 }, { 0.75, 0.25 }, { 0.0, 1.0 } });
        CalibrationReport report = Calibration.Measure(probabilities, tensor([0L, 1L, 1L]), bins: 4);
        JsonNode figure = Json(Figure.Reliability("t", report));
        JsonNode bars = figure["data"]![0]!;
        Assert.Equal([0.625, 0.875], Numbers(bars["x"]));
        Assert.Equal([0.5, 1], Numbers(bars["y"]));
        Assert.Equal(["2", "1"], ((JsonArray)bars["text"]!).Select(count => (string?)count));
        Assert.Equal([0.75, 1], Numbers(figure["data"]![2]!["x"]));
    }

    [Fact]
    public void Embeddings_in_the_plane_have_a_ray_to_each_center()
    {
        using var scope = NewDisposeScope();
        Tensor points = tensor(new[,] { { 2.0, 0 }, { 1, 0 }, { 0, 3 } });
        JsonNode figure = Json(Figure.EmbeddingPlane("t", points, tensor([0L, 0L, 2L]), Names));
        Assert.Equal([2, 1], Numbers(Trace(figure, "a")["x"]));
        JsonNode[] rays = [.. ((JsonArray)figure["data"]!).Where(trace => (string?)trace!["mode"] == "lines").Select(trace => trace!)];
        Assert.Equal([0, 3], Numbers(rays[0]["x"]));
        Assert.Equal([0, 3], Numbers(rays[1]["y"]));
        Assert.Equal(Palette.Class(2), (string?)rays[1]["line"]!["color"]);

        JsonNode circle = Json(Figure.EmbeddingPlane("t", points, tensor([0L, 0L, 2L]), Names, onCircle: true));
        Assert.Equal([0.95, 0.975], Numbers(Trace(circle, "a")["x"]), Six);
    }

    [Fact]
    public void Embeddings_on_the_sphere_have_length_one_and_a_ray_to_each_center()
    {
        using var scope = NewDisposeScope();
        Tensor points = tensor(new[,] { { 2.0, 0, 0 }, { 0, 5, 0 }, { 0, 0, 3 } });
        JsonNode figure = Json(Figure.EmbeddingSphere("t", points, tensor([0L, 0L, 2L]), Names));
        JsonNode cloud = Trace(figure, "a");
        Assert.Equal("scatter3d", (string?)cloud["type"]);
        Assert.Equal([1, 0], Numbers(cloud["x"]));
        Assert.Equal([0, 1], Numbers(cloud["y"]));
        JsonArray data = (JsonArray)figure["data"]!;
        JsonNode ray = data[data.IndexOf(cloud) + 1]!;
        double reach = 1.15 / Math.Sqrt(2);
        Assert.Equal([0, reach], Numbers(ray["x"]), Six);
        Assert.Equal([0, reach], Numbers(ray["y"]), Six);
        Assert.NotNull(figure["layout"]!["scene"]);
    }

    [Fact]
    public void Embeddings_that_do_not_fit_the_figure_are_refused()
    {
        using var scope = NewDisposeScope();
        Tensor labels = tensor([0L, 1L, 2L]);
        Assert.Throws<ArgumentException>("embeddings", () => Figure.EmbeddingPlane("t", ones(3, 3), labels, Names));
        Assert.Throws<ArgumentException>("embeddings", () => Figure.EmbeddingSphere("t", ones(3, 2), labels, Names));
        Assert.Throws<ArgumentException>("labels", () => Figure.EmbeddingPlane("t", ones(2, 2), labels, Names));
        ArgumentException error = Assert.Throws<ArgumentOutOfRangeException>(
            "labels", () => Figure.EmbeddingPlane("t", ones(3, 2), labels + 1, Names));
        Assert.Contains("class label 3 is outside 0..2", error.Message, StringComparison.Ordinal);
    }

    // Figures are written with six significant digits.
    private static bool Six(double expected, double actual) => Math.Abs(expected - actual) <= 1e-6;

    private static JsonNode Json(Figure figure) => JsonNode.Parse(figure.ToPlotlyJson())!;

    private static JsonNode Trace(JsonNode figure, string name) => ((JsonArray)figure["data"]!).Single(trace => (string?)trace!["name"] == name)!;

    private static double[] Numbers(JsonNode? values) => [.. ((JsonArray)values!).Select(value => (double)value!)];
}
