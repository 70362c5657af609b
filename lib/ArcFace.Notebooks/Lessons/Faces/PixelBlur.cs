using System.Numerics.Tensors;

namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>A Gaussian blur of one picture in memory: first down the columns, then along the rows.</summary>
internal sealed class PixelBlur
{
    // What weighs less than 10⁻⁸ is lost in single precision anyway.
    private const double Reach = 6.1;

    private readonly int _size;
    private readonly float[] _weights;
    private readonly float[] _shares;
    private readonly float[] _scratch;

    /// <param name="size">Height and width in pixels.</param>
    /// <param name="deviation">The Gaussian's standard deviation in pixels.</param>
    public PixelBlur(int size, double deviation)
    {
        (_size, _scratch) = (size, new float[size * size]);
        _weights = new float[Math.Min(size, 1 + (int)Math.Ceiling(Reach * deviation))];
        for (int distance = 0; distance < _weights.Length; distance++)
        {
            _weights[distance] = (float)Math.Exp(-0.5 * distance * distance / (deviation * deviation));
        }

        // Beside the border, the weights of what lies inside make one.
        float[] sums = new float[size];
        float[] ones = new float[size];
        Array.Fill(ones, 1);
        AddUp(ones, sums, step: 1);
        _shares = new float[size];
        TensorPrimitives.Reciprocal(sums, _shares);
    }

    /// <param name="picture">Its pixels row by row.</param>
    /// <param name="blurred">Where the result goes.</param>
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
