using System.Numerics.Tensors;

namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>A Gaussian blur of one picture in memory: first down the columns, then along the rows.</summary>
internal sealed class PixelBlur
{
    // What weighs less than 10⁻⁸ is lost in single precision anyway.
    private const double Reach = 6.1;

    private readonly int _size;
    private readonly float[] _weights, _shares, _scratch;

    /// <summary>For pictures of so many pixels a side; the Gaussian's standard deviation is in pixels too.</summary>
    public PixelBlur(int size, double deviation)
    {
        (_size, _scratch) = (size, new float[size * size]);
        _weights = [.. Enumerable.Range(0, Math.Min(size, 1 + (int)Math.Ceiling(Reach * deviation)))
            .Select(distance => (float)Math.Exp(-0.5 * distance * distance / (deviation * deviation)))];

        // Beside the border, the weights of what lies inside make one.
        _shares = new float[size];
        AddUp([.. Enumerable.Repeat(1f, size)], _shares, step: 1);
        TensorPrimitives.Reciprocal(_shares, _shares);
    }

    public void Apply(ReadOnlySpan<float> picture, Span<float> blurred)
    {
        AddUp(picture, _scratch, step: _size);
        for (int row = 0; row < _size; row++)
        {
            Span<float> from = _scratch.AsSpan(row * _size, _size), to = blurred.Slice(row * _size, _size);
            TensorPrimitives.Multiply(from, _shares[row], from);
            AddUp(from, to, step: 1);
            TensorPrimitives.Multiply(to, _shares, to);
        }
    }

    /// <summary>Σ w[|d|]·x[i + d·step], over the distances d for which there is such an i.</summary>
    private void AddUp(ReadOnlySpan<float> x, Span<float> sums, int step)
    {
        TensorPrimitives.Multiply(x, _weights[0], sums);
        for (int distance = 1; distance < _weights.Length; distance++)
        {
            int shift = distance * step;
            TensorPrimitives.MultiplyAdd(x[shift..], _weights[distance], sums[..^shift], sums[..^shift]);
            TensorPrimitives.MultiplyAdd(x[..^shift], _weights[distance], sums[shift..], sums[shift..]);
        }
    }
}
