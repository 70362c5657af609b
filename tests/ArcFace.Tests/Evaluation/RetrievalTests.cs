using ArcFace.Evaluation;
using static TorchSharp.torch;

namespace ArcFace.Tests.Evaluation;

public sealed class RetrievalTests
{
    // Sums of a few hundred fractions.
    private const double Tolerance = 1e-12;

    [Theory]
    [InlineData(new[] { 1 }, 0.10)]
    [InlineData(new[] { 1, 10 }, 0.12)]
    [InlineData(new[] { 1, 2 }, 0.20)]
    [InlineData(new int[0], 0.00)]
    [InlineData(new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, 1.00)]
    public void Average_precision_at_ten_is_that_of_the_reality_check(int[] hits, double expected)
    {
        // Twenty samples at growing angles from the query; ten are of its class, of which some come among the first ten.
        using var scope = NewDisposeScope();
        Tensor gallery = Samples.AtDegrees([.. Enumerable.Range(1, 20).Select(i => (double)i)]);
        long[] labels = [.. Enumerable.Range(1, 20).Select(rank => hits.Contains(rank) || rank > 10 + hits.Length ? 1L : 0L)];
        Assert.Equal(10, labels.Sum());
        RetrievalReport report = Retrieval.Evaluate(Samples.AtDegrees(0), Samples.Labels(1), gallery, tensor(labels));
        Assert.Equal(expected, report.MeanAveragePrecisionAtR, Tolerance);
        Assert.Equal(hits.Length / 10.0, report.RPrecision, Tolerance);
        Assert.Equal(hits.Contains(1) ? 1 : 0, report.PrecisionAt1);
    }

    [Fact]
    public void Six_points_on_the_circle_give_the_figures_worked_out_by_hand()
    {
        // 0°: a, 10°: a, 25°: b, 45°: a, 70°: b, 200°: c, the only one of its class. R is 2 for a, 1 for b; c gives no query.
        // a 0°: neighbours 10 a, 25 b -> P@1 1, R-precision 1/2, MAP@R 1/2.
        // a 10°: 0 a, 25 b -> 1, 1/2, 1/2.
        // b 25°: 10 a -> 0, 0, 0.
        // a 45°: 25 b (20°), 70 b (25°) -> 0, 0, 0.
        // b 70°: 45 a (25°) -> 0, 0, 0.
        using var scope = NewDisposeScope();
        RetrievalReport report = Retrieval.Evaluate(
            Samples.AtDegrees(0, 10, 25, 45, 70, 200), Samples.Labels(0, 0, 1, 0, 1, 2));
        Assert.Equal(2.0 / 5, report.PrecisionAt1, Tolerance);
        Assert.Equal(1.0 / 5, report.RPrecision, Tolerance);
        Assert.Equal(1.0 / 5, report.MeanAveragePrecisionAtR, Tolerance);
        Assert.Equal((5, 1, 1), (report.QueryCount, report.LeftOutSamples, report.LeftOutClasses));
        Assert.Equal(
            "Retrieval with 5 queries\nP@1          40.00 %\nR-precision  20.00 %\nMAP@R        20.00 %\n"
            + "left out           1  samples of 1 classes",
            report.ToString().ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Figures_equal_the_definitions_on_random_embeddings(int seed)
    {
        using var scope = NewDisposeScope();
        var random = new Random(seed);
        long[] labels = [.. Enumerable.Range(0, 150).Select(_ => (long)Math.Sqrt(random.Next(400)))];
        Tensor embeddings = Samples.Clustered(random, labels, 4, 0.8);
        RetrievalReport report = Retrieval.Evaluate(embeddings, tensor(labels));

        double[][] unit = Samples.Directions(embeddings);
        var figures = new List<(double AtOne, double R, double Map)>();
        for (int query = 0; query < labels.Length; query++)
        {
            int r = labels.Count(label => label == labels[query]) - 1;
            if (r == 0)
            {
                continue;
            }

            IEnumerable<int> ranked = Enumerable.Range(0, labels.Length)
                .Where(i => i != query).OrderByDescending(i => Samples.Dot(unit[query], unit[i]));
            bool[] hits = [.. ranked.Select(i => labels[i] == labels[query])];
            double map = Enumerable.Range(1, r).Where(k => hits[k - 1]).Sum(k => (double)hits.Take(k).Count(hit => hit) / k) / r;
            figures.Add((hits[0] ? 1 : 0, (double)hits.Take(r).Count(hit => hit) / r, map));
        }

        Assert.Equal(figures.Average(figure => figure.AtOne), report.PrecisionAt1, Tolerance);
        Assert.Equal(figures.Average(figure => figure.R), report.RPrecision, Tolerance);
        Assert.Equal(figures.Average(figure => figure.Map), report.MeanAveragePrecisionAtR, Tolerance);
        Assert.Equal(figures.Count, report.QueryCount);
        Assert.Equal(labels.Length - figures.Count, report.LeftOutSamples);
    }

    [Fact]
    public void A_collapsed_model_earns_nothing()
    {
        using var scope = NewDisposeScope();
        RetrievalReport report = Retrieval.Evaluate(ones(30, 8), arange(30, ScalarType.Int64).remainder(3));
        Assert.Equal((0.0, 0.0, 0.0), (report.PrecisionAt1, report.RPrecision, report.MeanAveragePrecisionAtR));
    }

    [Fact]
    public void Copies_of_a_sample_find_each_other()
    {
        using var scope = NewDisposeScope();
        RetrievalReport report = Retrieval.Evaluate(eye(5).repeat(3, 1), arange(15, ScalarType.Int64).remainder(5));
        Assert.Equal((1.0, 1.0, 1.0), (report.PrecisionAt1, report.RPrecision, report.MeanAveragePrecisionAtR));
    }

    [Fact]
    public void Order_and_rotation_play_no_part()
    {
        using var scope = NewDisposeScope();
        var random = new Random(9);
        long[] labels = [.. Enumerable.Range(0, 120).Select(i => i % 9L)];
        Tensor embeddings = Samples.Clustered(random, labels, 5, 1);
        RetrievalReport report = Retrieval.Evaluate(embeddings, tensor(labels));
        Tensor order = tensor(Samples.Shuffled(random, 120));
        RetrievalReport turned = Retrieval.Evaluate(embeddings.matmul(Samples.Rotation(random, 5))[order], tensor(labels)[order]);
        Assert.Equal(report.PrecisionAt1, turned.PrecisionAt1, Tolerance);
        Assert.Equal(report.RPrecision, turned.RPrecision, Tolerance);
        Assert.Equal(report.MeanAveragePrecisionAtR, turned.MeanAveragePrecisionAtR, Tolerance);
    }
}
