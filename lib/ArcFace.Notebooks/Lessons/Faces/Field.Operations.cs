using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>What can be done to fields, on numbers and on pixels.</summary>
internal sealed partial class Field
{
    private static readonly Operation Addition = new(
        (x, y) => x + y, TensorPrimitives.Add, TensorPrimitives.Add, (x, y, result) => TensorPrimitives.Add(y, x, result));

    private static readonly Operation Subtraction = new(
        (x, y) => x - y, TensorPrimitives.Subtract, TensorPrimitives.Subtract, TensorPrimitives.Subtract);

    private static readonly Operation Multiplication = new(
        (x, y) => x * y, TensorPrimitives.Multiply, TensorPrimitives.Multiply, (x, y, result) => TensorPrimitives.Multiply(y, x, result));

    private static readonly Operation Division = new(
        (x, y) => x / y, TensorPrimitives.Divide, TensorPrimitives.Divide, TensorPrimitives.Divide);

    private static readonly Operation Minimum = new(
        Math.Min, TensorPrimitives.Min, TensorPrimitives.Min, (x, y, result) => TensorPrimitives.Min(y, x, result));

    private static readonly Operation Maximum = new(
        Math.Max, TensorPrimitives.Max, TensorPrimitives.Max, (x, y, result) => TensorPrimitives.Max(y, x, result));

    private static readonly Operation Exponentiation = new(
        Math.Pow, TensorPrimitives.Pow, TensorPrimitives.Pow, TensorPrimitives.Pow);

    private delegate void PixelsAndPixels(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> result);

    private delegate void PixelsAndNumber(ReadOnlySpan<float> x, float y, Span<float> result);

    private delegate void NumberAndPixels(float x, ReadOnlySpan<float> y, Span<float> result);

    private delegate void ChangePixels(ReadOnlySpan<float> x, Span<float> result);

    private static void DifferenceAcross(ReadOnlySpan<float> x, Span<float> result, int size)
    {
        for (int start = 0; start < x.Length; start += size)
        {
            ReadOnlySpan<float> row = x.Slice(start, size);
            float first = row[1] - row[0], last = row[^1] - row[^2];
            TensorPrimitives.Subtract(row[2..], row[..^2], result.Slice(start + 1, size - 2));
            (result[start], result[start + size - 1]) = (first, last);
        }
    }

    private static void DifferenceDown(ReadOnlySpan<float> x, Span<float> result, int size)
    {
        int end = x.Length - size;
        TensorPrimitives.Subtract(x[(2 * size)..], x[..(end - size)], result[size..end]);
        TensorPrimitives.Subtract(x.Slice(size, size), x[..size], result[..size]);
        TensorPrimitives.Subtract(x[end..], x[(end - size)..end], result[end..]);
    }

    /// <summary>One operation on two fields in each of their forms.</summary>
    private sealed record Operation(
        Func<double, double, double> OfNumbers,
        PixelsAndPixels OfPixels,
        PixelsAndNumber OfPixelsAndNumber,
        NumberAndPixels OfNumberAndPixels);
}
