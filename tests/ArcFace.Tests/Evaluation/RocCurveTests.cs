using ArcFace.Evaluation;
using CsCheck;

namespace ArcFace.Tests.Evaluation;

public sealed class RocCurveTests
{
    // Scores and who is who, from the top: g .9, g .8, i .6, g .3, i .2, i .1, i -.5.
    private static readonly double[] Scores = [0.6, 0.9, 0.3, 0.1, 0.8, 0.2, -0.5];
    private static readonly bool[] Same = [false, true, true, false, true, false, false];

    // Few different scores, so that ties are the rule; at least one pair of either kind.
    private static readonly Gen<(double[] Scores, bool[] Same)> Tied = Gen
        .Select(Gen.Int[-4, 4].Select(score => score / 4.0), Gen.Bool).Array[0, 40]
        .Select(pairs => (
            (double[])[0.25, 0.25, .. pairs.Select(pair => pair.Item1)],
            (bool[])[true, false, .. pairs.Select(pair => pair.Item2)]));

    [Fact]
    public void Vertices_of_seven_scores_are_those_counted_by_hand()
    {
        RocCurve roc = RocCurve.FromScores(Scores, Same);
        (double, double, double)[] expected =
        [
            (double.PositiveInfinity, 0, 0), (0.9, 0, 1.0 / 3), (0.8, 0, 2.0 / 3), (0.6, 0.25, 2.0 / 3),
            (0.3, 0.25, 1), (0.2, 0.5, 1), (0.1, 0.75, 1), (-0.5, 1, 1),
        ];
        Assert.Equal(expected, roc.Select(point => (point.Threshold, point.FalseAcceptRate, point.TrueAcceptRate)));
        Assert.Equal((3L, 4L), (roc.GenuineCount, roc.ImpostorCount));
    }

    [Fact]
    public void Area_counts_the_eleven_of_twelve_pairs_in_the_right_order() =>
        Assert.Equal(11.0 / 12, RocCurve.FromScores(Scores, Same).AreaUnderCurve);

    [Fact]
    public void Equal_error_rate_lies_where_the_curve_climbs_through_the_diagonal() =>
        Assert.Equal(0.25, RocCurve.FromScores(Scores, Same).EqualErrorRate);

    [Fact]
    public void Equal_error_rate_is_interpolated_along_a_tie()
    {
        // From (0, 1/2) straight to (1/2, 1): the line meets FAR = 1 - TAR at FAR 1/4.
        RocCurve roc = RocCurve.FromScores([3, 2, 2, 1], [true, true, false, false]);
        Assert.Equal(0.25, roc.EqualErrorRate);
        Assert.Equal(7.0 / 8, roc.AreaUnderCurve);
    }

    [Theory]
    [InlineData(0, 2.0 / 3, 0)]
    [InlineData(0.2, 2.0 / 3, 0)]
    [InlineData(0.25, 1, 1)]
    [InlineData(0.74, 1, 2)]
    [InlineData(1, 1, 4)]
    public void True_accept_rate_is_taken_at_the_largest_rate_not_above_the_request(double request, double rate, long accepts)
    {
        OperatingPoint point = RocCurve.FromScores(Scores, Same).OperatingPointAt(request);
        Assert.Equal(rate, point.TrueAcceptRate);
        Assert.Equal(accepts, point.FalseAccepts);
        Assert.Equal(accepts / 4.0, point.FalseAcceptRate);
    }

    [Fact]
    public void Threshold_lies_just_above_the_first_impostor_refused() =>
        Assert.Equal(Math.BitIncrement(0.2), RocCurve.FromScores(Scores, Same).OperatingPointAt(0.25).Threshold);

    [Fact]
    public void A_rate_no_sample_supports_is_answered_with_a_warning()
    {
        bool[] same = [true, .. Enumerable.Repeat(false, 3000)];
        double[] scores = [0.5, .. Enumerable.Range(0, 3000).Select(i => i / 3000.0)];
        OperatingPoint point = RocCurve.FromScores(scores, same).OperatingPointAt(1e-6);
        Assert.Equal(0, point.FalseAccepts);
        Assert.Equal(0, point.TrueAcceptRate);
        string warning = Assert.IsType<string>(point.Warning);
        Assert.Contains("1e-6 cannot be measured with 3,000 impostor pairs: a single one is already 3.33", warning, StringComparison.Ordinal);
        Assert.Contains("below 1e-3 (rule of three, 95 %)", warning, StringComparison.Ordinal);
        Assert.EndsWith(warning, point.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_rate_with_few_errors_says_how_many_and_one_with_many_says_nothing()
    {
        bool[] same = [true, .. Enumerable.Repeat(false, 3000)];
        double[] scores = [0.5, .. Enumerable.Range(0, 3000).Select(i => i / 3000.0)];
        RocCurve roc = RocCurve.FromScores(scores, same);
        Assert.Contains("rests on 3 of 3,000 impostor pairs; 30 are needed", roc.OperatingPointAt(1e-3).Warning, StringComparison.Ordinal);
        Assert.Null(roc.OperatingPointAt(1e-2).Warning);
    }

    [Fact]
    public void Area_equals_the_share_of_ordered_pairs_with_ties_counted_half() => Tied.Sample(
        (scores, same) =>
        {
            double wins = 0;
            int pairs = 0;
            for (int i = 0; i < scores.Length; i++)
            {
                for (int j = 0; j < scores.Length; j++)
                {
                    if (same[i] && !same[j])
                    {
                        pairs++;
                        wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                    }
                }
            }

            // One division of two exact counts: nothing to tolerate.
            Assert.Equal(wins / pairs, RocCurve.FromScores(scores, same).AreaUnderCurve);
        },
        seed: "0000000000001",
        iter: 300);

    [Fact]
    public void True_accept_rate_equals_the_best_over_all_thresholds_that_keep_the_rate() =>
        Gen.Select(Tied, Gen.Double[0, 1]).Sample(
            (pairs, request) =>
            {
                (double[] scores, bool[] same) = pairs;
                double Share(double threshold, bool kind) =>
                    (double)scores.Where((score, i) => same[i] == kind && score >= threshold).Count() / same.Count(flag => flag == kind);
                double expected = scores.Append(double.PositiveInfinity)
                    .Where(threshold => Share(threshold, false) <= request).Max(threshold => Share(threshold, true));

                OperatingPoint point = RocCurve.FromScores(scores, same).OperatingPointAt(request);
                Assert.Equal(expected, point.TrueAcceptRate);
                Assert.Equal(point.TrueAcceptRate, Share(point.Threshold, true));
                Assert.Equal(point.FalseAcceptRate, Share(point.Threshold, false));
                Assert.True(point.FalseAcceptRate <= request);
            },
            seed: "0000000000002",
            iter: 300);

    [Fact]
    public void Equal_error_rate_lies_between_the_two_error_rates_at_every_threshold() => Tied.Sample(
        (scores, same) =>
        {
            RocCurve roc = RocCurve.FromScores(scores, same);
            double equal = roc.EqualErrorRate;

            // Rounding of a weighted mean of rates.
            const double Tolerance = 1e-12;
            foreach (RocPoint point in roc)
            {
                double[] errors = [point.FalseAcceptRate, 1 - point.TrueAcceptRate];
                Assert.InRange(equal, errors.Min() - Tolerance, errors.Max() + Tolerance);
            }
        },
        seed: "0000000000003",
        iter: 300);

    [Fact]
    public void The_point_at_a_threshold_counts_the_scores_from_it_on() => Tied.Sample(
        (scores, same) =>
        {
            RocCurve roc = RocCurve.FromScores(scores, same);
            foreach (double threshold in scores.SelectMany(score => new[] { score, Math.BitIncrement(score), Math.BitDecrement(score) }).Append(double.PositiveInfinity))
            {
                OperatingPoint point = roc.At(threshold);
                Assert.Equal(scores.Where((score, i) => !same[i] && score >= threshold).Count(), point.FalseAccepts);
                Assert.Equal((double)scores.Where((score, i) => same[i] && score >= threshold).Count() / roc.GenuineCount, point.TrueAcceptRate);
                Assert.Equal((threshold, (double)point.FalseAccepts / roc.ImpostorCount), (point.Threshold, point.FalseAcceptRate));
            }

            OperatingPoint chosen = roc.OperatingPointAt(0.3), again = roc.At(chosen.Threshold);
            Assert.Equal((chosen.FalseAccepts, chosen.TrueAcceptRate), (again.FalseAccepts, again.TrueAcceptRate));
        },
        seed: "0000000000004",
        iter: 100);

    [Theory]
    [InlineData(0, 100, 0, 0.0369935)]
    [InlineData(10, 100, 0.0552291, 0.1743657)]
    [InlineData(100, 100, 0.9630065, 1)]
    public void The_interval_of_a_false_accept_rate_is_Wilson_s(int accepted, int impostors, double lower, double upper)
    {
        // By hand, with z = 1.959964: (k + z²/2 ± z·√(k(n − k)/n + z²/4)) / (n + z²).
        double[] scores = [.. Enumerable.Range(0, impostors).Select(i => i < accepted ? 1.0 : 0), 2];
        ConfidenceInterval interval = RocCurve.FromScores(scores, [.. scores.Select(score => score == 2)]).At(0.5).FalseAcceptInterval;
        Assert.Equal(((double)accepted / impostors, lower, upper), (interval.Estimate, Math.Round(interval.Lower, 7), Math.Round(interval.Upper, 7)));
    }

    [Fact]
    public void Scores_that_cannot_be_judged_are_refused()
    {
        Assert.Throws<ArgumentException>(() => RocCurve.FromScores([1, 2], [true]));
        Assert.Throws<ArgumentException>(() => RocCurve.FromScores([1, double.NaN], [true, false]));
        Assert.Throws<ArgumentException>(() => RocCurve.FromScores([1, 2], [true, true]));
        Assert.Throws<ArgumentException>(() => RocCurve.FromScores([1, 2], [false, false]));
        RocCurve roc = RocCurve.FromScores([1, 2], [true, false]);
        Assert.Throws<ArgumentOutOfRangeException>(() => roc.TrueAcceptRateAt(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => roc.TrueAcceptRateAt(1.01));
        Assert.Throws<ArgumentOutOfRangeException>(() => roc.TrueAcceptRateAt(-0.01));
        Assert.Throws<ArgumentOutOfRangeException>(() => roc.At(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => roc[3]);
    }
}
