using static TorchSharp.torch;

namespace ArcFace.Tests;

/// <summary>Test inputs from a seed of their own, so that no test depends on torch's shared generator.</summary>
internal static class Draw
{
    public static Tensor Normal(int seed, params long[] shape)
    {
        Random random = new(seed);
        double[] values = new double[shape.Aggregate(1L, (product, size) => product * size)];
        for (int i = 0; i < values.Length; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            values[i] = radius * Math.Cos(2 * Math.PI * random.NextDouble());
        }

        return tensor(values, ScalarType.Float64).reshape(shape);
    }

    /// <summary>A vector of the given numbers, in double precision.</summary>
    public static Tensor Vector(params double[] values) => tensor(values);

    public static Tensor Labels(int seed, long sampleCount, long classCount)
    {
        Random random = new(seed);
        return tensor(Enumerable.Range(0, (int)sampleCount).Select(_ => random.NextInt64(classCount)).ToArray());
    }

    /// <summary>A random orthogonal matrix [D, D].</summary>
    public static Tensor Rotation(int seed, long size)
    {
        (Tensor q, _) = linalg.qr(Normal(seed, size, size));
        return q;
    }

    /// <summary>Embeddings [n, 2] at the given angles, in degrees.</summary>
    public static Tensor OnCircle(params double[] degrees) =>
        tensor(degrees.SelectMany(d => new[] { Math.Cos(d * Math.PI / 180), Math.Sin(d * Math.PI / 180) }).ToArray(), ScalarType.Float64)
            .reshape(degrees.Length, 2);
}
