using ArcFace.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Data;

[Collection(TensorCounts.Name)]
public sealed class AugmentationTests : IDisposable
{
    private static readonly Augmentation Nothing = new() { FlipProbability = 0, CropPadding = 0, EraseProbability = 0 };

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _images = arange(1, 1 + (40 * 2 * 5 * 6), dtype: float32).reshape(40, 2, 5, 6);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Nothing_asked_for_changes_nothing() => AssertEqual(_images, Apply(Nothing));

    [Fact]
    public void A_certain_flip_mirrors_left_and_right() =>
        AssertEqual(_images.flip(3), Apply(Nothing with { FlipProbability = 1 }));

    [Fact]
    public void An_image_is_flipped_as_a_whole_or_not_at_all()
    {
        Tensor result = Apply(Nothing with { FlipProbability = 0.5 });
        Tensor kept = result.eq(_images).flatten(1).all(1), flipped = result.eq(_images.flip(3)).flatten(1).all(1);
        Assert.Equal(40, kept.logical_or(flipped).sum().item<long>());
        Assert.InRange(kept.sum().item<long>(), 8, 32);
    }

    [Fact]
    public void A_crop_shifts_by_at_most_the_padding_and_fills_with_black()
    {
        Tensor padded = nn.functional.pad(_images, [2, 2, 2, 2]);
        Tensor result = Apply(Nothing with { CropPadding = 2 });
        var seen = new HashSet<(int, int)>();
        for (int i = 0; i < 40; i++)
        {
            var places = from y in Enumerable.Range(0, 5)
                         from x in Enumerable.Range(0, 5)
                         where padded[i].narrow(1, y, 5).narrow(2, x, 6).equal(result[i]).all().item<bool>()
                         select (y, x);
            seen.Add(Assert.Single(places));
        }

        Assert.True(seen.Count > 10);
    }

    [Fact]
    public void An_erased_part_is_a_black_rectangle_no_larger_than_allowed()
    {
        Tensor erased = Apply(Nothing with { EraseProbability = 1, EraseSide = 0.6 }).eq(0);
        AssertEqual(erased.select(1, 0), erased.select(1, 1));
        for (int i = 0; i < 40; i++)
        {
            Tensor rows = erased[i, 0].any(1), columns = erased[i, 0].any(0);
            (long height, long width) = (rows.sum().item<long>(), columns.sum().item<long>());
            Assert.InRange(height, 1, 3);
            Assert.InRange(width, 1, 3);
            Assert.Equal(height * width, erased[i, 0].sum().item<long>());
        }
    }

    [Fact]
    public void The_same_generator_gives_the_same_images()
    {
        var augmentation = new Augmentation { EraseProbability = 0.5 };
        AssertEqual(Apply(augmentation), Apply(augmentation));
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Apply(new Augmentation { EraseProbability = 0.5 }).Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Settings_outside_their_range_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Apply(Nothing with { FlipProbability = 1.5 }));
        Assert.Throws<ArgumentException>(() => Apply(Nothing with { EraseSide = 0 }));
        Assert.Throws<ArgumentException>(() => Apply(Nothing with { CropPadding = -1 }));
        Assert.Throws<ArgumentException>(() => Nothing.Apply(zeros(2, 3), new SplitMix64(1)));
    }

    private static void AssertEqual(Tensor expected, Tensor actual) => Assert.True(expected.equal(actual).all().item<bool>());

    private Tensor Apply(Augmentation augmentation) => augmentation.Apply(_images, new SplitMix64(11));
}
