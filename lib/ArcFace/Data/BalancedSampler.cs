namespace ArcFace.Data;

/// <summary>Batches of P classes with K images of each, as triplet losses want them. Batch n depends on the seed and on n alone, so that a
/// run that was stopped goes on with the very batches it would have seen.</summary>
/// <remarks>Source: A. Hermans, L. Beyer and B. Leibe, "In defense of the triplet loss", 2017, section 2.</remarks>
public sealed class BalancedSampler
{
    private readonly long[][] _members;
    private readonly int _classesPerBatch;
    private readonly int _imagesPerClass;
    private readonly ulong _seed;

    /// <summary>Groups the images by class.</summary>
    /// <param name="labels">The class of every image, by index. A class without images is left out.</param>
    /// <param name="classesPerBatch">P, at least 1 and at most the number of classes with images.</param>
    /// <param name="imagesPerClass">K, at least 1. A class with fewer images gives some of them again.</param>
    /// <param name="seed">Any number.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public BalancedSampler(IEnumerable<long> labels, int classesPerBatch, int imagesPerClass, long seed)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classesPerBatch);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(imagesPerClass);
        _members =
        [
            .. labels.Select((label, index) => (Label: label, Index: (long)index))
                .GroupBy(image => image.Label, image => image.Index)
                .OrderBy(group => group.Key)
                .Select(group => group.ToArray()),
        ];
        ArgumentOutOfRangeException.ThrowIf(classesPerBatch > _members.Length,
            $"{classesPerBatch} classes a batch are more than the {_members.Length} that have images", nameof(classesPerBatch));
        (_classesPerBatch, _imagesPerClass, _seed) = (classesPerBatch, imagesPerClass, (ulong)seed);
    }

    /// <summary>P · K indices of images, the K of a class beside each other.</summary>
    /// <param name="number">The number of the batch, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="number"/> is negative.</exception>
    public long[] Batch(long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        var random = new SplitMix64(SplitMix64.Mix(SplitMix64.Mix(~_seed) + (ulong)number));
        var batch = new List<long>(_classesPerBatch * _imagesPerClass);
        foreach (int group in Draw(random, _members.Length, _classesPerBatch))
        {
            long[] members = _members[group];
            for (int missing = _imagesPerClass; missing > 0; missing -= members.Length)
            {
                batch.AddRange(Draw(random, members.Length, Math.Min(missing, members.Length)).Select(member => members[member]));
            }
        }

        return [.. batch];
    }

    /// <summary>Different numbers below <paramref name="total"/>, every choice and every order equally likely.</summary>
    private static int[] Draw(SplitMix64 random, int total, int count)
    {
        // Floyd's algorithm takes as long as the choice is large, not as what it is taken from.
        var chosen = new HashSet<int>(count);
        for (int newest = total - count; newest < total; newest++)
        {
            if (!chosen.Add(random.NextInt32(newest + 1)))
            {
                chosen.Add(newest);
            }
        }

        int[] drawn = [.. chosen];
        random.Shuffle(drawn.AsSpan());
        return drawn;
    }
}
