using System.Runtime.CompilerServices;

namespace ArcFace.Losses;

/// <summary>The search for triplets that teach something.</summary>
public static class TripletMining
{
    /// <summary>Chooses triplets of a batch, and counts all valid ones and those with zero loss.</summary>
    /// <param name="distances">d [N, N], as <see cref="PairwiseDistances"/> gives them.</param>
    /// <param name="labels">y [N], int64.</param>
    /// <param name="strategy">Which triplets to choose.</param>
    /// <param name="margin">The margin, in the unit of the distances: at least 0.</param>
    /// <param name="seed">What <see cref="TripletStrategy.Random"/> draws from.</param>
    /// <exception cref="ArgumentException">The distances are no square matrix or not finite, or the labels do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The margin is negative or not finite, or the strategy is none of the enumeration.</exception>
    public static TripletSelection Mine(Tensor distances, Tensor labels, TripletStrategy strategy, double margin = 0.2, int seed = 0)
    {
        RequireDistances(distances);
        Guard.RequireLabels(labels, distances, long.MaxValue);
        Guard.RequireMargin(margin);
        ArgumentOutOfRangeException.ThrowIf(
            !Enum.IsDefined(strategy), $"{strategy} is no {nameof(TripletStrategy)}.", nameof(strategy), strategy);
        using DisposeScope scope = NewDisposeScope();
        double[] d = distances.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
        long[] y = labels.cpu().contiguous().data<long>().ToArray();
        int sampleCount = y.Length;
        Random random = new(seed);
        List<Triplet> triplets = [];
        long validCount = 0, zeroLossCount = 0;
        for (int anchor = 0; anchor < sampleCount; anchor++)
        {
            double[] row = d[(anchor * sampleCount)..((anchor + 1) * sampleCount)];
            int[] positives = [.. Enumerable.Range(0, sampleCount).Where(i => i != anchor && y[i] == y[anchor])];
            int[] negatives = [.. Enumerable.Range(0, sampleCount).Where(i => y[i] != y[anchor])];
            if (positives.Length == 0 || negatives.Length == 0)
            {
                continue;
            }

            // In order of distance: every search below is then a look at one end, or a bisection.
            double[] near = Sorted(row, negatives);
            validCount += (long)positives.Length * negatives.Length;
            foreach (int positive in positives)
            {
                zeroLossCount += near.Length - FirstIndex(near, row[positive] + margin, inclusive: true);
            }

            Choose(anchor, positives, negatives, row, near);
        }

        return new TripletSelection(triplets, validCount, zeroLossCount);

        void Choose(int anchor, int[] positives, int[] negatives, double[] row, double[] near)
        {
            switch (strategy)
            {
                case TripletStrategy.All:
                    triplets.AddRange(positives.SelectMany(p => negatives.Select(n => new Triplet(anchor, p, n))));
                    break;
                case TripletStrategy.Random:
                    triplets.AddRange(positives.Select(p => new Triplet(anchor, p, negatives[random.Next(negatives.Length)])));
                    break;
                case TripletStrategy.SemiHard:
                    foreach (int positive in positives)
                    {
                        int first = FirstIndex(near, row[positive], inclusive: false);
                        if (first < near.Length && near[first] < row[positive] + margin)
                        {
                            triplets.Add(new Triplet(anchor, positive, negatives[first]));
                        }
                    }

                    break;
                default:
                    _ = Sorted(row, positives);
                    triplets.Add(new Triplet(anchor, positives[^1], negatives[0]));
                    break;
            }
        }
    }

    internal static void RequireDistances(Tensor distances, [CallerArgumentExpression(nameof(distances))] string? name = null)
    {
        Guard.RequireMatrix(distances, "[N, N]", name);
        ArgumentException.ThrowIf(
            distances.shape[0] != distances.shape[1], $"{name} have the shape {Guard.Shape(distances)}, where [N, N] is wanted.", name);
    }

    /// <summary>Sorts the samples by their distance, nearest first, and returns the distances.</summary>
    private static double[] Sorted(double[] row, int[] samples)
    {
        double[] keys = Array.ConvertAll(samples, sample => row[sample]);
        Array.Sort(keys, samples);
        return keys;
    }

    /// <summary>The first index whose value is above the bound, or also equal to it.</summary>
    private static int FirstIndex(double[] sorted, double bound, bool inclusive) => ~MemoryExtensions.BinarySearch(sorted, new Edge(bound, inclusive));

    /// <summary>The place before the first value that is above the bound, or also equal to it: no value lies there.</summary>
    private readonly record struct Edge(double Bound, bool Inclusive) : IComparable<double>
    {
        public int CompareTo(double value) => value > Bound || (Inclusive && value == Bound) ? -1 : 1;
    }
}

/// <summary>Three samples of a batch by their row: an anchor, another one of its class, and one of another class.</summary>
/// <param name="Anchor">Row of the anchor.</param>
/// <param name="Positive">Row of another sample of its class.</param>
/// <param name="Negative">Row of a sample of another class.</param>
public readonly record struct Triplet(long Anchor, long Positive, long Negative);

/// <summary>What mining found in a batch.</summary>
/// <param name="Triplets">The triplets to learn from, in the order of their anchors.</param>
/// <param name="ValidCount">How many triplets the batch holds at all.</param>
/// <param name="ZeroLossCount">How many of those meet the margin already, and so teach nothing.</param>
public sealed record TripletSelection(IReadOnlyList<Triplet> Triplets, long ValidCount, long ZeroLossCount);

/// <summary>Which triplets of a batch to learn from.</summary>
public enum TripletStrategy
{
    /// <summary>Every valid triplet: N·k·(N−k) kinds of them, most of which soon teach nothing.</summary>
    All,

    /// <summary>For each anchor and positive one negative, drawn at random.</summary>
    Random,

    /// <summary>For each anchor and positive the nearest negative that is farther than the positive, but within the margin: FaceNet (arXiv
    /// 1503.03832), equation 4. Pairs without one are left out.</summary>
    SemiHard,

    /// <summary>For each anchor its farthest positive and its nearest negative (batch hard, arXiv 1703.07737).</summary>
    Hard,
}
