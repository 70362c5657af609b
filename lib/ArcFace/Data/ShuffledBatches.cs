namespace ArcFace.Data;

/// <summary>Every image once an epoch, in an order drawn anew for each epoch from a seed.</summary>
/// <remarks>The batches of an epoch differ in size by at most one image: no small one is left over at the end.</remarks>
public sealed class ShuffledBatches : IBatchSource
{
    private readonly LabeledImages _images;
    private readonly EpochOrder _order;

    /// <summary>Draws from <paramref name="images"/>, which stay the caller's and must not be disposed during training.</summary>
    /// <param name="images">The images, on any device: on the training device no step waits for a copy.</param>
    /// <param name="batchSize">The largest number of images in a batch.</param>
    /// <param name="seed">Any number.</param>
    /// <exception cref="ArgumentException">There is no image, or the batch size is below 1.</exception>
    public ShuffledBatches(LabeledImages images, int batchSize, long seed)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentException.ThrowIf(images.Count == 0, "there is no image to learn from; give at least one", nameof(images));
        (_images, _order) = (images, new EpochOrder((int)images.Count, batchSize, seed));
        (Count, BatchSize, Seed) = (images.Count, batchSize, seed);
    }

    /// <summary>How many images there are.</summary>
    public long Count { get; }

    /// <summary>The largest number of images in a batch.</summary>
    public int BatchSize { get; }

    /// <summary>What the order is drawn from.</summary>
    public long Seed { get; }

    /// <inheritdoc/>
    public int BatchesPerEpoch => _order.BatchesPerEpoch;

    /// <inheritdoc/>
    public IEnumerable<Batch> Epoch(int epoch, int first = 0) => _order.Batches(epoch, first).Select(_images.Batch);
}

/// <summary>Every index once, in an order drawn anew for each epoch, cut into batches that differ in size by at most one.</summary>
internal sealed class EpochOrder(int count, int batchSize, long seed)
{
    public int BatchesPerEpoch => (int)(((long)count + batchSize - 1) / batchSize);

    public IEnumerable<long[]> Batches(int epoch, int first)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        long[] order = [.. Enumerable.Range(0, count)];
        new SplitMix64(SplitMix64.Mix((ulong)seed) + (ulong)epoch).Shuffle(order.AsSpan());
        int batches = BatchesPerEpoch;
        return Enumerable.Range(0, batches).Skip(first)
            .Select(batch => order[(int)((long)count * batch / batches)..(int)((long)count * (batch + 1) / batches)]);
    }
}
