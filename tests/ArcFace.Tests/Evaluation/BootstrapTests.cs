using ArcFace.Evaluation;
using static TorchSharp.torch;

namespace ArcFace.Tests.Evaluation;

public sealed class BootstrapTests
{
    [Fact]
    public void Estimates_are_the_figures_of_the_report()
    {
        using var scope = NewDisposeScope();
        (Tensor left, Tensor right, Tensor leftPeople, Tensor rightPeople) = People(new Random(1), 40, 600);
        VerificationReport report = Verification.Evaluate(left, right, leftPeople.eq(rightPeople));
        VerificationIntervals intervals = Verification.Bootstrap(left, right, leftPeople, rightPeople, new() { Replicates = 200 });
        Assert.Equal(report.Accuracy, intervals.Accuracy.Estimate, 1e-12);
        Assert.Equal(report.AreaUnderCurve, intervals.AreaUnderCurve.Estimate);
        Assert.Equal(report.EqualErrorRate, intervals.EqualErrorRate.Estimate);
        Assert.Equal(report.TrueAcceptRateAt(0.01), intervals.TrueAcceptRateAt(0.01).Estimate);
        foreach (ConfidenceInterval interval in new[] { intervals.Accuracy, intervals.AreaUnderCurve, intervals.EqualErrorRate })
        {
            Assert.True(interval.Lower < interval.Estimate && interval.Estimate < interval.Upper, interval.ToString());
        }

        Assert.Equal(40, intervals.IdentityCount);
    }

    [Fact]
    public void Same_seed_gives_the_same_intervals_and_another_seed_others()
    {
        using var scope = NewDisposeScope();
        (Tensor left, Tensor right, Tensor leftPeople, Tensor rightPeople) = People(new Random(2), 30, 300);
        ConfidenceInterval Area(int seed) =>
            Verification.Bootstrap(left, right, leftPeople, rightPeople, new() { Replicates = 100, Seed = seed }).AreaUnderCurve;
        Assert.Equal(Area(7), Area(7));
        Assert.NotEqual(Area(7), Area(8));
    }

    [Fact]
    public void Copies_of_a_picture_do_not_narrow_the_interval()
    {
        // Ten times the pairs, not one person more: an interval that took pairs for independent would shrink by about 3.
        using var scope = NewDisposeScope();
        (Tensor left, Tensor right, Tensor leftPeople, Tensor rightPeople) = People(new Random(3), 30, 300);
        double Width(long copies)
        {
            ConfidenceInterval area = Verification.Bootstrap(
                left.repeat(copies, 1),
                right.repeat(copies, 1),
                leftPeople.repeat(copies),
                rightPeople.repeat(copies),
                new() { Replicates = 300 }).AreaUnderCurve;
            return area.Upper - area.Lower;
        }

        Assert.Equal(Width(1), Width(10), 1e-12);
    }

    [Fact]
    public void Weights_of_a_resampling_are_those_of_the_pigeonhole_bootstrap()
    {
        // Three people. Genuine: one pair each at .9, .5, .1. Impostor: 0-1 at .3, 0-2 at .7. Every resampling is one of ten mixtures.
        using var scope = NewDisposeScope();
        double[] scores = [0.9, 0.5, 0.1, 0.3, 0.7];
        long[] one = [0, 1, 2, 0, 0];
        long[] other = [0, 1, 2, 1, 2];
        var possible = new HashSet<double>();
        for (int code = 0; code < 27; code++)
        {
            int[] times = new int[3];
            int[] draws = [code % 3, code / 3 % 3, code / 9];
            Array.ForEach(draws, person => times[person]++);
            double wins = 0;
            double pairs = 0;
            for (int g = 0; g < 3; g++)
            {
                for (int i = 3; i < 5; i++)
                {
                    double weight = times[one[g]] * times[one[i]] * times[other[i]];
                    pairs += weight;
                    wins += scores[g] > scores[i] ? weight : 0;
                }
            }

            if (pairs > 0)
            {
                possible.Add(wins / pairs);
            }
        }

        // An interval of all resamplings but rounding ends at the smallest and the largest of them.
        (Tensor left, Tensor right) = Samples.Pairs(scores);
        var options = new BootstrapOptions { Replicates = 400, Confidence = 1 - 1e-12, Folds = 2 };
        ConfidenceInterval area = Verification.Bootstrap(left, right, tensor(one), tensor(other), options).AreaUnderCurve;
        Assert.Equal(possible.Min(), area.Lower, 1e-9);
        Assert.Equal(possible.Max(), area.Upper, 1e-9);
    }

    [Fact]
    public void A_perfect_model_has_no_spread()
    {
        using var scope = NewDisposeScope();
        long[] people = [.. Enumerable.Range(0, 20)];
        Tensor left = eye(20).repeat(2, 1);
        Tensor right = cat([eye(20), eye(20).roll(1, 0)]);
        Tensor rightPeople = cat([tensor(people), tensor(people).roll(1)]);
        VerificationIntervals intervals = Verification.Bootstrap(
            left, right, tensor(people).repeat(2), rightPeople, new() { Replicates = 50 });
        Assert.Equal(new(1, 1, 1), intervals.AreaUnderCurve);
        Assert.Equal(new(0, 0, 0), intervals.EqualErrorRate);
        Assert.Equal(new(1, 1, 1), intervals.TrueAcceptRateAt(0.1));
    }

    [Fact]
    public void Three_people_and_a_pair_of_either_kind_are_enough()
    {
        using var scope = NewDisposeScope();
        (Tensor left, Tensor right) = Samples.Pairs(0.9, 0.1);
        VerificationIntervals intervals = Verification.Bootstrap(
            left, right, Samples.Labels(0, 1), Samples.Labels(0, 2), new() { Replicates = 100 });
        Assert.Equal(3, intervals.IdentityCount);
        Assert.Equal(new(1, 1, 1), intervals.AreaUnderCurve);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        using var scope = NewDisposeScope();
        (Tensor left, Tensor right, Tensor leftPeople, Tensor rightPeople) = People(new Random(1), 10, 60);
        void Refused(BootstrapOptions options) => Assert.Throws<ArgumentOutOfRangeException>(
            () => Verification.Bootstrap(left, right, leftPeople, rightPeople, options));
        Refused(new() { Replicates = 1 });
        Refused(new() { Folds = 1 });
        Refused(new() { Confidence = 1 });
        Refused(new() { Confidence = double.NaN });
        Refused(new() { FalseAcceptRates = [0.1, 2] });
        VerificationIntervals intervals = Verification.Bootstrap(left, right, leftPeople, rightPeople, new() { Replicates = 5 });
        Assert.Throws<ArgumentOutOfRangeException>(() => intervals.TrueAcceptRateAt(0.5));
    }

    /// <summary>Pairs of people, every other one genuine.</summary>
    private static (Tensor Left, Tensor Right, Tensor LeftPeople, Tensor RightPeople) People(Random random, int people, int pairs)
    {
        long[] left = [.. Enumerable.Range(0, pairs).Select(i => (long)(i / 2 % people))];
        long[] right = [.. left.Select((person, i) => i % 2 == 0 ? person : (person + 1 + random.Next(people - 1)) % people)];
        Tensor all = Samples.Clustered(random, [.. left, .. right], 6, 1);
        return (all.slice(0, 0, pairs, 1), all.slice(0, pairs, 2 * pairs, 1), tensor(left), tensor(right));
    }
}
