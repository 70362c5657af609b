namespace ArcFace.Data;

/// <summary>The batches of another source with their images changed a little (<see cref="Augmentation"/>).</summary>
/// <param name="source">Where the batches come from.</param>
/// <param name="augmentation">What is done to the images.</param>
/// <param name="seed">Any number. What is drawn depends on it, the epoch and the batch alone.</param>
public sealed class AugmentedBatches(IBatchSource source, Augmentation augmentation, long seed) : IBatchSource
{
    /// <summary>Where the batches come from.</summary>
    public IBatchSource Source { get; } = source;

    /// <summary>What is done to the images.</summary>
    public Augmentation Augmentation { get; } = augmentation;

    /// <summary>What is drawn depends on it, the epoch and the batch alone.</summary>
    public long Seed { get; } = seed;

    /// <inheritdoc/>
    public int BatchesPerEpoch => Source.BatchesPerEpoch;

    /// <inheritdoc/>
    public IEnumerable<Batch> Epoch(int epoch, int first = 0)
    {
        long number = ((long)epoch * BatchesPerEpoch) + first;
        foreach (Batch batch in Source.Epoch(epoch, first))
        {
            var random = new SplitMix64(SplitMix64.Mix(SplitMix64.Mix((ulong)Seed) + (ulong)number++));
            yield return batch with { Samples = Augmentation.Apply(batch.Samples, random) };
        }
    }
}
