using ArcFace.Evaluation;
using CsCheck;
using static TorchSharp.torch;

namespace ArcFace.Tests.Evaluation;

public sealed class VerificationTests
{
    // Cosines come back from the embeddings with the rounding of float64, and lie on a grid of 2^-40.
    private const double Tolerance = 1e-11;

    // First fold: genuine .9, impostor .6, genuine .3, impostor .1. Second: genuine .8, impostors .2 and -.5.
    private static readonly double[] Scores = [0.9, 0.6, 0.3, 0.1, 0.8, 0.2, -0.5];
    private static readonly bool[] Same = [true, false, true, false, true, false, false];

    [Fact]
    public void Two_folds_of_seven_pairs_give_the_figures_worked_out_by_hand()
    {
        using var scope = NewDisposeScope();
        (Tensor left, Tensor right) = Samples.Pairs(Scores);
        VerificationReport report = Verification.Evaluate(left, right, tensor(Same), folds: 2);

        // On the second fold everything between .2 and .8 separates, the middle is .5: of the first fold it gets .9 and .1 right.
        // On the first fold accepting only .9, or .9, .6 and .3, both get 3 of 4 right: the higher one, .75. It gets all of the second.
        Assert.Equal([0.5, 0.75], report.FoldThresholds, (a, b) => Math.Abs(a - b) < Tolerance);
        Assert.Equal([0.5, 1.0], report.FoldAccuracies);
        Assert.Equal(0.75, report.Accuracy);
        Assert.Equal(0.25, report.AccuracyStandardDeviation);
        Assert.Equal(0.25, report.AccuracyStandardError, 15);

        // All seven: accepting .9 and .8 misses .3 alone; so does accepting down to .3, with .6 wrong. The higher: between .6 and .8.
        Assert.Equal(0.7, report.Threshold, Tolerance);
        Assert.Equal(11.0 / 12, report.AreaUnderCurve);
        Assert.Equal(0.25, report.EqualErrorRate);
        Assert.Equal(2.0 / 3, report.TrueAcceptRateAt(0.1));
        Assert.Equal(1.0, report.TrueAcceptRateAt(0.25));
        Assert.Equal(8, report.Roc.Count);
        Assert.Null(report.Warning);
    }

    [Fact]
    public void Standard_error_divides_by_one_fold_less_and_by_the_root_of_their_number()
    {
        using var scope = NewDisposeScope();

        // Each fold's genuine pair sits above or below the impostor of the others.
        (Tensor left, Tensor right) = Samples.Pairs(0.9, 0.1, 0.8, 0.2, 0.15, 0.3);
        VerificationReport report = Verification.Evaluate(left, right, Samples.Labels(1, 0, 1, 0, 1, 0), folds: 3);
        double mean = report.FoldAccuracies.Average();
        double squares = report.FoldAccuracies.Sum(accuracy => Math.Pow(accuracy - mean, 2));
        Assert.True(squares > 0);
        Assert.Equal(Math.Sqrt(squares / 3), report.AccuracyStandardDeviation, 1e-15);
        Assert.Equal(Math.Sqrt(squares / 2) / Math.Sqrt(3), report.AccuracyStandardError, 1e-15);
    }

    [Fact]
    public void Folds_of_the_caller_are_used_as_given()
    {
        using var scope = NewDisposeScope();
        long[] order = [4, 0, 5, 1, 2, 6, 3];
        long[] folds = [7, -2, 7, -2, -2, 7, -2];
        (Tensor left, Tensor right) = Samples.Pairs([.. order.Select(i => Scores[i])]);
        VerificationReport report = Verification.Evaluate(left, right, tensor(order.Select(i => Same[i]).ToArray()), tensor(folds));
        Assert.Equal([0.5, 1.0], report.FoldAccuracies);
    }

    [Fact]
    public void The_first_folds_take_what_does_not_divide_evenly()
    {
        // Eleven pairs in four folds: three, three, three, two. Only the last two are decided wrongly, by the threshold of the others.
        using var scope = NewDisposeScope();
        (Tensor left, Tensor right) = Samples.Pairs(0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.9, -0.9, 0.95);
        bool[] same = [true, false, true, false, true, false, true, false, true, true, false];
        VerificationReport report = Verification.Evaluate(left, right, tensor(same), folds: 4);
        Assert.Equal([1.0, 1.0, 1.0, 0.0], report.FoldAccuracies);
    }

    [Fact]
    public void Fewer_pairs_than_folds_are_a_fold_each_and_the_report_says_so()
    {
        using var scope = NewDisposeScope();
        (Tensor left, Tensor right) = Samples.Pairs(0.9, 0.8, 0.1, 0.2);
        VerificationReport report = Verification.Evaluate(left, right, Samples.Flags(true, true, false, false));
        Assert.Equal(4, report.FoldAccuracies.Count);
        Assert.Equal(1.0, report.Accuracy);
        Assert.Equal(0.5, report.Threshold, Tolerance);
        string warning = Assert.IsType<string>(report.Warning);
        Assert.Contains("4 pairs are fewer than 10 folds", warning, StringComparison.Ordinal);
        Assert.EndsWith(warning, report.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ScalarType.Bool)]
    [InlineData(ScalarType.Byte)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float16)]
    public void Flags_may_be_booleans_or_numbers(ScalarType type)
    {
        using var scope = NewDisposeScope();
        (Tensor left, Tensor right) = Samples.Pairs(Scores);
        Assert.Equal(0.75, Verification.Evaluate(left, right, tensor(Same).to(type), folds: 2).Accuracy);
    }

    [Theory]
    [InlineData(ScalarType.Float16, 2e-3)]
    [InlineData(ScalarType.BFloat16, 2e-2)]
    [InlineData(ScalarType.Float32, 1e-6)]
    public void Embeddings_may_be_of_any_floating_type(ScalarType type, double resolution)
    {
        // The threshold moves by what the type can resolve, the figures not at all.
        using var scope = NewDisposeScope();
        (Tensor left, Tensor right) = Samples.Pairs(Scores);
        VerificationReport report = Verification.Evaluate(left.to(type), right.to(type), tensor(Same), folds: 2);
        Assert.Equal(0.7, report.Threshold, resolution);
        Assert.Equal(11.0 / 12, report.AreaUnderCurve);
    }

    [Fact]
    public void Lengths_of_the_embeddings_play_no_part_even_at_the_ends_of_the_range()
    {
        using var scope = NewDisposeScope();
        (Tensor left, Tensor right) = Samples.Pairs(Scores);
        VerificationReport report = Verification.Evaluate(left * 1e-200, right * 1e200, tensor(Same), folds: 2);
        Assert.Equal(0.7, report.Threshold, Tolerance);
    }

    [Fact]
    public void Best_threshold_is_right_as_often_as_any_other_and_the_highest_such() =>
        Gen.Select(Gen.Int[-4, 4].Select(score => score / 4.0), Gen.Bool).Array[1, 30].Sample(
            pairs =>
            {
                using var scope = NewDisposeScope();
                double[] scores = [0.25, 0.25, .. pairs.Select(pair => pair.Item1)];
                bool[] same = [true, false, .. pairs.Select(pair => pair.Item2)];
                int Right(double threshold) => scores.Where((score, i) => score >= threshold == same[i]).Count();

                // Quarters lie on the grid of the scores, so they come back exactly.
                (Tensor left, Tensor right) = Samples.Pairs(scores);
                double threshold = Verification.Evaluate(left, right, tensor(same), folds: 2).Threshold;

                // Between any two scores, above all and below all: one candidate for every way to decide.
                double[] candidates = [.. Enumerable.Range(-9, 19).Select(i => (i / 8.0) + 0.01)];
                int best = candidates.Max(Right);
                Assert.Equal(best, Right(threshold));
                Assert.DoesNotContain(candidates, candidate =>
                    candidate > threshold && Right(candidate) == best && scores.Any(score => score >= threshold && score < candidate));
            },
            seed: "0000000000001",
            iter: 300);

    [Fact]
    public void Figures_do_not_change_under_a_rotation_nor_apart_from_folds_with_the_order_of_pairs()
    {
        using var scope = NewDisposeScope();
        var random = new Random(4);
        const int Count = 300;
        long[] people = [.. Enumerable.Range(0, Count).Select(i => i % 20L)];
        Tensor left = Samples.Clustered(random, people, 8, 1);
        Tensor right = left.roll(1, 0) + (0.1 * left);
        Tensor same = tensor(Enumerable.Range(0, Count).Select(_ => random.Next(2)).ToArray());
        VerificationReport report = Verification.Evaluate(left, right, same);

        Tensor rotation = Samples.Rotation(random, 8);
        VerificationReport rotated = Verification.Evaluate(left.matmul(rotation), right.matmul(rotation), same);
        Assert.Equal(report.FoldAccuracies, rotated.FoldAccuracies);
        Assert.Equal(report.Threshold, rotated.Threshold, Tolerance);
        AssertSameCurve(report.Roc, rotated.Roc);

        Tensor order = tensor(Samples.Shuffled(random, Count));
        VerificationReport shuffled = Verification.Evaluate(left[order], right[order], same[order]);
        Assert.Equal(report.Threshold, shuffled.Threshold);
        Assert.Equal(report.Roc, shuffled.Roc);
    }

    [Fact]
    public void A_report_prints_as_an_aligned_table()
    {
        using var scope = NewDisposeScope();
        (Tensor left, Tensor right) = Samples.Pairs(Scores);
        string[] expected =
        [
            "Verification of 3 genuine and 4 impostor pairs",
            "accuracy, 2 folds         75.00 %  ± 25.00 %",
            "best threshold             0.7000     45.57°",
            "area under the ROC curve  0.91667",
            "equal error rate          25.00 %",
        ];
        string[] printed = Verification.Evaluate(left, right, tensor(Same), folds: 2).ToString().ReplaceLineEndings("\n").Split('\n');
        Assert.Equal(expected, printed);
    }

    private static void AssertSameCurve(RocCurve expected, RocCurve actual) => Assert.Equal(expected, actual, (a, b) =>
        a.FalseAcceptRate == b.FalseAcceptRate && a.TrueAcceptRate == b.TrueAcceptRate
        && (a.Threshold == b.Threshold || Math.Abs(a.Threshold - b.Threshold) < Tolerance));
}
