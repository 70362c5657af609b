namespace ArcFace.Data;

/// <summary>P classes with K images of each a batch (<see cref="BalancedSampler"/>), for losses that compare images.</summary>
public sealed class BalancedBatches : IBatchSource
{
    private readonly LabeledImages _images;
    private readonly BalancedSampler _sampler;

    /// <summary>Draws from <paramref name="images"/>, which stay the caller's and must not be disposed during training.</summary>
    /// <param name="images">The images, on any device: on the training device no step waits for a copy.</param>
    /// <param name="classesPerBatch">P, at most the number of classes with images.</param>
    /// <param name="imagesPerClass">K.</param>
    /// <param name="seed">Any number.</param>
    /// <exception cref="ArgumentOutOfRangeException">P or K is below 1, or there are fewer than P classes with images.</exception>
    public BalancedBatches(LabeledImages images, int classesPerBatch, int imagesPerClass, long seed)
    {
        ArgumentNullException.ThrowIfNull(images);
        using (NewDisposeScope())
        {
            _sampler = new BalancedSampler(images.Labels.cpu().data<long>().ToArray(), classesPerBatch, imagesPerClass, seed);
        }

        _images = images;
        long batchSize = (long)classesPerBatch * imagesPerClass;
        BatchesPerEpoch = (int)((images.Count + batchSize - 1) / batchSize);
        (Count, ClassesPerBatch, ImagesPerClass, Seed) = (images.Count, classesPerBatch, imagesPerClass, seed);
    }

    /// <summary>How many images there are.</summary>
    public long Count { get; }

    /// <summary>P.</summary>
    public int ClassesPerBatch { get; }

    /// <summary>K.</summary>
    public int ImagesPerClass { get; }

    /// <summary>What the batches are drawn from.</summary>
    public long Seed { get; }

    /// <summary>As many batches as it takes to draw as many images as there are; an image may come twice or not at all.</summary>
    public int BatchesPerEpoch { get; }

    /// <inheritdoc/>
    public IEnumerable<Batch> Epoch(int epoch, int first = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        return Enumerable.Range(first, Math.Max(0, BatchesPerEpoch - first))
            .Select(batch => _images.Batch(_sampler.Batch(((long)epoch * BatchesPerEpoch) + batch)));
    }
}
