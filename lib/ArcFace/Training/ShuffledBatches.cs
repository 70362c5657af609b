using ArcFace.Data;
using static TorchSharp.torch;

namespace ArcFace.Training;

/// <summary>Every image once an epoch, in an order drawn anew for each epoch from a seed.</summary>
/// <remarks>The batches of an epoch differ in size by at most one image: no small one is left over at the end.</remarks>
public sealed class ShuffledBatches : IBatchSource
{
    private readonly LabeledImages _images;
    private readonly ulong _seed;

    /// <summary>Draws from <paramref name="images"/>, which stay the caller's and must not be disposed during training.</summary>
    /// <param name="images">The images, on any device: on the training device no step waits for a copy.</param>
    /// <param name="batchSize">The largest number of images in a batch.</param>
    /// <param name="seed">Any number.</param>
    /// <exception cref="ArgumentException">There is no image, or the batch size is below 1.</exception>
    public ShuffledBatches(LabeledImages images, int batchSize, long seed)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (images.Count == 0)
        {
            throw new ArgumentException("there is no image to learn from; give at least one", nameof(images));
        }

        (_images, _seed) = (images, (ulong)seed);
        BatchesPerEpoch = (int)((images.Count + batchSize - 1) / batchSize);
    }

    /// <inheritdoc/>
    public int BatchesPerEpoch { get; }

    /// <inheritdoc/>
    public IEnumerable<Batch> Epoch(int epoch, int first = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        return Batches(Order(epoch), first);
    }

    private long[] Order(int epoch)
    {
        long[] order = new long[_images.Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        new SplitMix64(SplitMix64.Mix(_seed) + (ulong)epoch).Shuffle(order.AsSpan());
        return order;
    }

    private IEnumerable<Batch> Batches(long[] order, int first)
    {
        for (int batch = first; batch < BatchesPerEpoch; batch++)
        {
            int begin = (int)((long)order.Length * batch / BatchesPerEpoch);
            int end = (int)((long)order.Length * (batch + 1) / BatchesPerEpoch);
            var chosen = tensor(order[begin..end], device: _images.Labels.device);
            yield return new Batch(_images.Images.index_select(0, chosen), _images.Labels.index_select(0, chosen));
        }
    }
}
