using ArcFace.Data;
using ArcFace.Notebooks.Lessons;
using TorchSharp;

namespace ArcFace.Notebooks.Tests;

[Collection(TensorCounts.Name)]
public class LabelNoiseTests
{
    [Fact]
    public void A_share_of_the_labels_is_another_class_and_the_rest_is_as_it_was()
    {
        using LabeledImages digits = Digits.Load();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        (LabeledImages noisy, bool[] flipped) = LabelNoise.Flip(digits, 0.4, seed: 3);
        using (noisy)
        {
            long[] was = [.. digits.Labels.data<long>()], now = [.. noisy.Labels.data<long>()];
            Assert.Equal(flipped, was.Zip(now, (a, b) => a != b));

            // A binomial of 1,797 draws: 0.4 ± 0.012.
            Assert.InRange(flipped.Count(f => f) / (double)flipped.Length, 0.35, 0.45);
            Assert.Equal(10, now.Where((_, i) => flipped[i] && was[i] == 0).Append(0).Distinct().Count());
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void The_seed_decides_and_no_share_changes_nothing()
    {
        using LabeledImages digits = Digits.Load();
        bool[] Flipped(double share, int seed)
        {
            (LabeledImages noisy, bool[] flipped) = LabelNoise.Flip(digits, share, seed);
            noisy.Dispose();
            return flipped;
        }

        Assert.Equal(Flipped(0.2, 1), Flipped(0.2, 1));
        Assert.NotEqual(Flipped(0.2, 1), Flipped(0.2, 2));
        Assert.DoesNotContain(true, Flipped(0, 1));
        Assert.DoesNotContain(false, Flipped(1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Flipped(1.1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Flipped(double.NaN, 1));
        using LabeledImages zeros = digits.SelectClasses(0);
        Assert.Throws<ArgumentOutOfRangeException>(() => LabelNoise.Flip(zeros, 0.1, 1));
    }
}
