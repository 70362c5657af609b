using ArcFace.Evaluation;
using static TorchSharp.torch;

namespace ArcFace.Tests.Evaluation;

public sealed class IdentificationTests
{
    private static readonly double[] Gallery = [0, 60, 120, 240];
    private static readonly long[] GalleryLabels = [10, 20, 30, 40];

    [Fact]
    public void Ranks_in_the_plane_are_those_counted_by_hand()
    {
        // 10 at 10°: nearest is 0°, rank 1. 20 at 100°: 120° is nearer, rank 2. 40 at 50°: 60° (10° away), 0° (50°), 120° (70°), then
        // 240° (170°): rank 4. 30 at 110°: rank 1.
        using var scope = NewDisposeScope();
        IdentificationReport report = Identification.Evaluate(
            Samples.AtDegrees(Gallery), tensor(GalleryLabels), Samples.AtDegrees(10, 100, 50, 110), Samples.Labels(10, 20, 40, 30));
        Assert.Equal([0.5, 0.75, 0.75, 1.0], report.CumulativeMatch);
        Assert.Equal(0.5, report.RankRate(1));
        Assert.Equal(0.75, report.RankRate(3));
        Assert.Equal(1.0, report.RankRate(99));
        Assert.Equal((4, 4, 4, 0), (report.PersonCount, report.GalleryCount, report.ProbeCount, report.StrangerCount));
        Assert.Throws<InvalidOperationException>(() => report.DetectionAndIdentificationRateAt(0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => report.RankRate(0));
    }

    [Fact]
    public void Several_pictures_of_a_person_become_the_mean_of_their_directions()
    {
        // Person 1 at 0° and 80°, the first ten times as long: the template lies at 40°, nearer to 45° than person 2 at 60°.
        using var scope = NewDisposeScope();
        Tensor gallery = Samples.AtDegrees(0, 80, 60) * Samples.Column(10, 1, 1);
        IdentificationReport report = Identification.Evaluate(
            gallery, Samples.Labels(1, 1, 2), Samples.AtDegrees(45), Samples.Labels(1));
        Assert.Equal(1.0, report.RankRate(1));
        Assert.Equal((2, 3), (report.PersonCount, report.GalleryCount));
    }

    [Fact]
    public void Equal_scores_count_against_the_right_person()
    {
        using var scope = NewDisposeScope();
        IdentificationReport report = Identification.Evaluate(
            ones(3, 4), Samples.Labels(1, 2, 3), ones(2, 4) * 5, Samples.Labels(1, 3));
        Assert.Equal([0.0, 0.0, 1.0], report.CumulativeMatch);
    }

    [Fact]
    public void Open_set_rates_are_those_counted_by_hand()
    {
        // Best scores of the four strangers, as angles to the nearest of the gallery: 5°, 15°, 25°, 30°.
        // Enrolled probes: 10 at 3° (right, 3° off), 20 at 70° (right, 10° off), 30 at 100° (right, 20° off), 40 at 10° (wrong person).
        using var scope = NewDisposeScope();
        IdentificationReport report = Identification.Evaluate(
            Samples.AtDegrees(Gallery),
            tensor(GalleryLabels),
            Samples.AtDegrees(5, 75, 145, 90, 3, 70, 100, 10),
            Samples.Labels(1, 2, 3, 4, 10, 20, 30, 40));
        Assert.Equal((4, 4), (report.ProbeCount, report.StrangerCount));
        Assert.Equal(0.75, report.RankRate(1));
        Assert.Equal(0.25, report.DetectionAndIdentificationRateAt(0));
        Assert.Equal(0.5, report.DetectionAndIdentificationRateAt(0.25));
        Assert.Equal(0.75, report.DetectionAndIdentificationRateAt(0.5));
        Assert.Equal(0.75, report.DetectionAndIdentificationRateAt(1));
        OperatingPoint point = report.OpenSetPointAt(0.3);
        Assert.Equal((0.25, 1L, 4L), (point.FalseAcceptRate, point.FalseAccepts, point.ImpostorCount));
        Assert.Equal(Math.Cos(double.DegreesToRadians(15)), point.Threshold, 1e-11);
        Assert.Contains("rests on 1 of 4 probes of people not enrolled", point.Warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Rates_equal_the_definition_on_random_embeddings()
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        long[] labels = [.. Enumerable.Range(0, 120).Select(i => i % 15L)];
        Tensor all = Samples.Clustered(random, labels, 6, 1.2);
        Tensor gallery = all.slice(0, 0, 45, 1);
        Tensor probes = all.slice(0, 45, 120, 1);
        long[] probeLabels = [.. labels[45..].Select((label, i) => i % 5 == 0 ? 100 + label : label)];
        IdentificationReport report = Identification.Evaluate(gallery, tensor(labels[..45]), probes, tensor(probeLabels));

        double[][] galleryRows = Samples.Directions(gallery);
        double[][] templates = [.. Enumerable.Range(0, 15).Select(person =>
        {
            double[][] own = [.. galleryRows.Where((_, i) => labels[i] == person)];
            double[] mean = [.. Enumerable.Range(0, 6).Select(k => own.Average(row => row[k]))];
            double length = Math.Sqrt(Samples.Dot(mean, mean));
            return mean.Select(value => value / length).ToArray();
        })];
        double[][] scores =
            [.. Samples.Directions(probes).Select(row => templates.Select(template => Samples.Dot(row, template)).ToArray())];
        int[] known = [.. Enumerable.Range(0, 75).Where(i => probeLabels[i] < 15)];
        int Rank(int probe) => scores[probe].Count(score => score >= scores[probe][probeLabels[probe]]);
        for (int k = 1; k <= 15; k++)
        {
            Assert.Equal((double)known.Count(probe => Rank(probe) <= k) / known.Length, report.RankRate(k));
        }

        double[] alarms = [.. Enumerable.Range(0, 75).Except(known).Select(probe => scores[probe].Max())];
        foreach (double rate in new[] { 0, 0.1, 0.2, 0.5 })
        {
            double expected = alarms.Append(2).Where(t => (double)alarms.Count(alarm => alarm >= t) / alarms.Length <= rate).Min();
            double above = alarms.Where(alarm => alarm < expected).Max();
            double detected = (double)known.Count(probe => Rank(probe) == 1 && scores[probe][probeLabels[probe]] > above) / known.Length;
            Assert.Equal(detected, report.DetectionAndIdentificationRateAt(rate));
        }
    }

    [Fact]
    public void Order_and_rotation_play_no_part()
    {
        using var scope = NewDisposeScope();
        var random = new Random(2);
        long[] labels = [.. Enumerable.Range(0, 100).Select(i => i % 10L)];
        Tensor all = Samples.Clustered(random, labels, 5, 1);
        string Table(Tensor gallery, Tensor galleryLabels, Tensor probes, Tensor probeLabels) =>
            string.Join(' ', Identification.Evaluate(gallery, galleryLabels, probes, probeLabels).CumulativeMatch);
        Tensor y = tensor(labels);
        string expected = Table(all.slice(0, 0, 30, 1), y.slice(0, 0, 30, 1), all.slice(0, 30, 100, 1), y.slice(0, 30, 100, 1));
        Tensor one = tensor(Samples.Shuffled(random, 30));
        Tensor two = tensor(Samples.Shuffled(random, 70)) + 30;
        Tensor turned = all.matmul(Samples.Rotation(random, 5));
        Assert.Equal(expected, Table(turned[one], y[one], turned[two], y[two]));
    }

    [Fact]
    public void A_report_prints_as_an_aligned_table()
    {
        using var scope = NewDisposeScope();
        Tensor people = eye(12);
        Tensor labels = arange(12, ScalarType.Int64);
        string printed = Identification.Evaluate(people, labels, people, labels).ToString().ReplaceLineEndings("\n");
        Assert.Equal("Identification of 12 probes among 12 persons\nrank 1   100.00 %\nrank 5   100.00 %\nrank 10  100.00 %", printed);
    }
}
