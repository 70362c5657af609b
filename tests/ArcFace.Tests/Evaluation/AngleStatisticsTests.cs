using ArcFace.Evaluation;
using static TorchSharp.torch;

namespace ArcFace.Tests.Evaluation;

public sealed class AngleStatisticsTests
{
    // 2·atan2 of rows rounded to float64.
    private const double Tolerance = 1e-12;

    [Fact]
    public void Three_classes_in_the_plane_give_the_angles_worked_out_by_hand()
    {
        // Centers: class 0 at 10° (0° and 20°, the one ten times as long), class 1 at 100° (90° and 110°), class 2 at 220°.
        // Weights at 15°, 95°, 230°.
        // W-EC: 5, 5, 10 -> 20/3. W-Inter: 80, 80, 135 -> 295/3. Intra: 10, 10, 10, 10, 0 -> 8. Inter: 90, 90, 120 -> 100.
        using var scope = NewDisposeScope();
        Tensor embeddings = Samples.AtDegrees(0, 20, 90, 110, 220) * Samples.Column(10, 1, 2, 3, 4);
        AngleStatistics angles = AngleStatistics.Measure(
            embeddings, Samples.Labels(0, 0, 1, 1, 2), Samples.AtDegrees(15, 95, 230) * 0.01);
        Assert.Equal(20.0 / 3, angles.WeightToCenter, Tolerance);
        Assert.Equal(295.0 / 3, angles.WeightToWeight, Tolerance);
        Assert.Equal(8, angles.Intra, Tolerance);
        Assert.Equal(100, angles.Inter, Tolerance);
        Assert.Equal([10, 10, 10, 10, 0], angles.SampleToCenter, (a, b) => Math.Abs(a - b) < Tolerance);

        ClassAngles last = angles.Classes[2];
        Assert.Equal((2L, 1), (last.Label, last.SampleCount));
        Assert.Equal(10, last.WeightToCenter, Tolerance);
        Assert.Equal(135, last.WeightToWeight, Tolerance);
        Assert.Equal(0, last.Intra, Tolerance);
        Assert.Equal(120, last.Inter, Tolerance);
        Assert.Equal(10, angles.Classes[0].Intra, Tolerance);
        Assert.Equal(
            "Angles of 5 samples\nW-EC     weight to its center        6.67°\nW-Inter  weight to nearest weight   98.33°\n"
            + "Intra    sample to its center        8.00°\nInter    center to nearest center  100.00°",
            angles.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public void A_class_without_samples_counts_among_the_weights_alone()
    {
        using var scope = NewDisposeScope();
        AngleStatistics angles = AngleStatistics.Measure(
            Samples.AtDegrees(0, 90), Samples.Labels(0, 2), Samples.AtDegrees(0, 30, 90));
        Assert.Equal(0, angles.WeightToCenter, Tolerance);
        Assert.Equal((30 + 30 + 60) / 3.0, angles.WeightToWeight, Tolerance);
        Assert.Equal(90, angles.Inter, Tolerance);
        Assert.Equal((0, double.NaN, double.NaN), (angles.Classes[1].SampleCount, angles.Classes[1].Intra, angles.Classes[1].Inter));
        Assert.Equal(30, angles.Classes[1].WeightToWeight, Tolerance);
    }

    [Fact]
    public void Without_weights_the_labels_may_be_any()
    {
        using var scope = NewDisposeScope();
        AngleStatistics angles = AngleStatistics.Measure(Samples.AtDegrees(0, 10, 50), Samples.Labels(-7, -7, 1_000_000));
        Assert.Equal(10 / 3.0, angles.Intra, Tolerance);
        Assert.Equal(45, angles.Inter, Tolerance);
        Assert.True(double.IsNaN(angles.WeightToCenter) && double.IsNaN(angles.WeightToWeight));
        Assert.Equal([-7L, 1_000_000L], angles.Classes.Select(one => one.Label));
    }

    [Theory]
    [InlineData(1e-6)]
    [InlineData(179.999999)]
    public void Angles_near_the_ends_keep_their_digits(double degrees)
    {
        // The cosine of a millionth of a degree is 1 in all but its last digit; the angle is still known to nine.
        using var scope = NewDisposeScope();
        AngleStatistics angles = AngleStatistics.Measure(Samples.AtDegrees(0, degrees), Samples.Labels(0, 1));
        Assert.Equal(degrees, angles.Inter, 1e-12);
    }

    [Fact]
    public void Angles_equal_the_definitions_on_random_embeddings()
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        long[] labels = [.. Enumerable.Range(0, 80).Select(i => i % 6L)];
        Tensor embeddings = Samples.Clustered(random, labels, 7, 1);
        Tensor weight = Samples.Clustered(random, [0, 1, 2, 3, 4, 5], 7, 1);
        AngleStatistics angles = AngleStatistics.Measure(embeddings, tensor(labels), weight);

        double[][] x = Samples.Directions(embeddings);
        double[][] w = Samples.Directions(weight);
        double[][] centers = [.. Enumerable.Range(0, 6).Select(c =>
        {
            double[] sum = [.. Enumerable.Range(0, 7).Select(k => x.Where((_, i) => labels[i] == c).Sum(row => row[k]))];
            double length = Math.Sqrt(Samples.Dot(sum, sum));
            return sum.Select(value => value / length).ToArray();
        })];
        static double Angle(double[] a, double[] b) => double.RadiansToDegrees(Math.Acos(Samples.Dot(a, b)));
        static double Nearest(double[][] rows) => rows.Average(row => rows.Where(other => other != row).Min(other => Angle(row, other)));

        // acos of a rounded cosine, at angles where it is well conditioned.
        const double Conditioned = 1e-10;
        Assert.Equal(w.Zip(centers, Angle).Average(), angles.WeightToCenter, Conditioned);
        Assert.Equal(Nearest(w), angles.WeightToWeight, Conditioned);
        Assert.Equal(Nearest(centers), angles.Inter, Conditioned);
        Assert.Equal(x.Select((row, i) => Angle(row, centers[labels[i]])).Average(), angles.Intra, Conditioned);
    }

    [Fact]
    public void Order_and_rotation_play_no_part()
    {
        using var scope = NewDisposeScope();
        var random = new Random(2);
        long[] labels = [.. Enumerable.Range(0, 60).Select(i => i % 5L)];
        Tensor embeddings = Samples.Clustered(random, labels, 4, 1);
        Tensor weight = Samples.Clustered(random, [0, 1, 2, 3, 4], 4, 1);
        AngleStatistics angles = AngleStatistics.Measure(embeddings, tensor(labels), weight);
        Tensor order = tensor(Samples.Shuffled(random, 60));
        Tensor rotation = Samples.Rotation(random, 4);
        AngleStatistics turned = AngleStatistics.Measure(
            embeddings.matmul(rotation)[order], tensor(labels)[order], weight.matmul(rotation));
        Assert.Equal(angles.WeightToCenter, turned.WeightToCenter, 1e-10);
        Assert.Equal(angles.WeightToWeight, turned.WeightToWeight, 1e-10);
        Assert.Equal(angles.Intra, turned.Intra, 1e-10);
        Assert.Equal(angles.Inter, turned.Inter, 1e-10);
    }
}
