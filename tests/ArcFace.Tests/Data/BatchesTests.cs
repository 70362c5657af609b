using ArcFace.Data;
using static TorchSharp.torch;

namespace ArcFace.Tests.Data;

public sealed class BatchesTests
{
    [Fact]
    public void A_balanced_batch_has_as_many_images_of_as_many_classes_as_asked_for()
    {
        long[] labels = [.. Enumerable.Range(0, 60).Select(i => (long)(i % 6 == 5 ? 9 : i % 5))];
        var sampler = new BalancedSampler(labels, classesPerBatch: 4, imagesPerClass: 3, seed: 1);
        for (int i = 0; i < 50; i++)
        {
            long[] batch = sampler.Batch(i);
            Assert.Equal(12, batch.Distinct().Count());
            long[][] classes = [.. batch.Select(index => labels[index]).Chunk(3)];
            Assert.All(classes, group => Assert.Single(group.Distinct()));
            Assert.Equal(4, classes.Select(group => group[0]).Distinct().Count());
        }
    }

    [Fact]
    public void A_small_class_gives_all_its_images_before_it_gives_one_again()
    {
        var sampler = new BalancedSampler([0, 0, 1, 1, 1, 1, 1], classesPerBatch: 2, imagesPerClass: 5, seed: 1);
        long[] batch = sampler.Batch(0);
        Assert.Equal([2, 3], batch.Where(index => index < 2).GroupBy(index => index).Select(group => group.Count()).Order());
        Assert.Equal(5, batch.Where(index => index >= 2).Distinct().Count());
    }

    [Fact]
    public void Balanced_batches_take_every_image_equally_often()
    {
        var sampler = new BalancedSampler([.. new long[10], .. Enumerable.Repeat(1L, 10)], classesPerBatch: 1, imagesPerClass: 2, seed: 3);
        int[] counts = new int[20];
        for (int i = 0; i < 10_000; i++)
        {
            foreach (long index in sampler.Batch(i))
            {
                counts[index]++;
            }
        }

        // 1,000 expected of each; standard deviation below 31: five of them.
        Assert.All(counts, count => Assert.InRange(count, 845, 1155));
    }

    [Fact]
    public void A_batch_depends_on_its_number_and_the_seed_alone()
    {
        long[] labels = [0, 0, 0, 1, 1, 2, 2, 2];
        long[][] first = [.. Enumerable.Range(0, 9).Select(number => new BalancedSampler(labels, 2, 2, seed: 5).Batch(number))];
        Assert.Equal(first[7], new BalancedSampler(labels, 2, 2, seed: 5).Batch(7));
        Assert.True(first.Select(batch => string.Join(',', batch)).Distinct().Count() > 5);
        Assert.NotEqual(first, [.. Enumerable.Range(0, 9).Select(number => new BalancedSampler(labels, 2, 2, seed: 6).Batch(number))]);
    }

    [Fact]
    public void Balanced_and_augmented_batches_go_on_in_the_middle_of_an_epoch()
    {
        using var scope = NewDisposeScope();
        using var images = new LabeledImages(
            arange(24 * 16, dtype: float32).div(24 * 16).reshape(24, 1, 4, 4), arange(24, dtype: int64).remainder(3), ["a", "b", "c"]);
        var source = new AugmentedBatches(new BalancedBatches(images, 2, 3, seed: 1), new Augmentation { CropPadding = 1 }, seed: 2);
        Batch[] whole = [.. source.Epoch(3)], rest = [.. source.Epoch(3, first: 2)];
        Assert.Equal(4, source.BatchesPerEpoch);
        Assert.Equal((4, 2), (whole.Length, rest.Length));
        Assert.Equal(whole[2].Labels.data<long>(), rest[0].Labels.data<long>());
        Assert.Equal(whole[3].Samples.data<float>(), rest[1].Samples.data<float>());
        Assert.Equal([3L, 3], whole[0].Labels.bincount(null, 0).data<long>().Where(count => count > 0));
    }

    [Fact]
    public void Sizes_outside_their_range_are_refused()
    {
        Refused(() => new BalancedSampler([0, 1], 3, 1, 0L));
        Refused(() => new BalancedSampler([0, 1], 0, 1, 0L));
        Refused(() => new BalancedSampler([0, 1], 1, 0, 0L));
        Refused(() => new BalancedSampler([0, 1], 1, 1, 0L).Batch(-1));
    }

    private static void Refused(Func<object> act) => Assert.Throws<ArgumentOutOfRangeException>(act);
}
