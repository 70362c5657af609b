using static TorchSharp.torch;

namespace ArcFace.Tests.Evaluation;

/// <summary>Embeddings and scores for the tests, drawn without torch's global seed.</summary>
internal static class Samples
{
    /// <summary>Normally distributed numbers.</summary>
    public static double[] Normal(Random random, int count)
    {
        var values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        }

        return values;
    }

    /// <summary>Embeddings in clusters, one a class: [N, D] float64, of lengths other than one.</summary>
    public static Tensor Clustered(Random random, long[] labels, int size, double spread)
    {
        double[][] centers = [.. Enumerable.Range(0, (int)labels.Max() + 1).Select(_ => Normal(random, size))];
        double[] noise = Normal(random, labels.Length * size);
        double[] rows = [.. noise.Select((value, i) => centers[labels[i / size]][i % size] + (spread * value))];
        return tensor(rows, [labels.Length, size]);
    }

    /// <summary>An orthogonal matrix [D, D], float64.</summary>
    public static Tensor Rotation(Random random, int size)
    {
        using var scope = NewDisposeScope();
        return linalg.qr(tensor(Normal(random, size * size), [size, size])).Q.MoveToOuterDisposeScope();
    }

    /// <summary>Pairs in the plane whose cosines are the given scores; the rows have different lengths.</summary>
    public static (Tensor Left, Tensor Right) Pairs(params double[] scores)
    {
        double[] left = [.. scores.SelectMany((_, i) => new double[] { i + 1, 0 })];
        double[] right = [.. scores.SelectMany((score, i) => new double[] { score * (i + 2), Math.Sqrt(1 - (score * score)) * (i + 2) })];
        return (tensor(left, [scores.Length, 2]), tensor(right, [scores.Length, 2]));
    }

    /// <summary>Rows in the plane at the given angles, in degrees.</summary>
    public static Tensor AtDegrees(params double[] degrees)
    {
        double[] rows = [.. degrees.Select(double.DegreesToRadians).SelectMany(angle => new[] { Math.Cos(angle), Math.Sin(angle) })];
        return tensor(rows, [degrees.Length, 2]);
    }

    public static Tensor Labels(params long[] labels) => tensor(labels);

    public static Tensor Flags(params bool[] flags) => tensor(flags);

    public static Tensor Column(params double[] values) => tensor(values, [values.Length, 1]);

    /// <summary>The rows as unit vectors, by the definition.</summary>
    public static double[][] Directions(Tensor embeddings)
    {
        double[] values = embeddings.data<double>().ToArray();
        int size = (int)embeddings.shape[1];
        return [.. values.Chunk(size).Select(row =>
        {
            double length = Math.Sqrt(row.Sum(value => value * value));
            return row.Select(value => value / length).ToArray();
        })];
    }

    public static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    /// <summary>The numbers 0..n − 1 in a random order.</summary>
    public static long[] Shuffled(Random random, int count)
    {
        long[] order = [.. Enumerable.Range(0, count).Select(i => (long)i)];
        random.Shuffle(order);
        return order;
    }
}
