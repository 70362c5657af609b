using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>A value for each of a few pixels side by side, as many as the processor takes at once; and the shapes that all is drawn from.</summary>
internal readonly struct Pixels(Vector<float> values)
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private readonly Vector<float> _values = values;

    /// <summary>How many pixels there are.</summary>
    public static int AtOnce => Vector<float>.Count;

    [MethodImpl(Inline)] public static implicit operator Pixels(double number) => new(new Vector<float>((float)number));

    [MethodImpl(Inline)] public static Pixels operator +(Pixels a, Pixels b) => new(a._values + b._values);

    [MethodImpl(Inline)] public static Pixels operator -(Pixels a, Pixels b) => new(a._values - b._values);

    [MethodImpl(Inline)] public static Pixels operator -(Pixels a) => new(-a._values);

    [MethodImpl(Inline)] public static Pixels operator *(Pixels a, Pixels b) => new(a._values * b._values);

    [MethodImpl(Inline)] public static Pixels operator /(Pixels a, Pixels b) => new(a._values / b._values);

    [MethodImpl(Inline)] public static Pixels operator /(Pixels a, double b) => a * (1 / b);

    [MethodImpl(Inline)] public static Pixels Min(Pixels a, Pixels b) => new(Vector.Min(a._values, b._values));

    [MethodImpl(Inline)] public static Pixels Max(Pixels a, Pixels b) => new(Vector.Max(a._values, b._values));

    /// <summary>A hill over an ellipse, 1 in the middle: max(0, 1 − q/4)⁴ with q = ((x − x₀)/a)² + ((y − y₀)/b)².</summary>
    [MethodImpl(Inline)]
    public static Pixels Bump(Pixels x, double middleX, Pixels y, double middleY, double halfWidth, double halfHeight) =>
        Hill(Ellipse(x, middleX, y, middleY, 2 * halfWidth, 2 * halfHeight));

    /// <summary>A hill along a line, 1 where x = x₀: max(0, 1 − q/4)⁴ with q = ((x − x₀)/a)².</summary>
    [MethodImpl(Inline)] public static Pixels Ridge(Pixels x, Pixels middle, double halfWidth) => Hill(((x - middle) / (2 * halfWidth)).Square());

    /// <inheritdoc cref="Ridge(Pixels, Pixels, double)"/>
    [MethodImpl(Inline)] public static Pixels Ridge(Pixels x, Pixels middle, Pixels halfWidth) => Hill(((x - middle) / (2 * halfWidth)).Square());

    /// <summary>((x − x₀)/a)² + ((y − y₀)/b)²: 1 on an ellipse, less inside.</summary>
    [MethodImpl(Inline)]
    public static Pixels Ellipse(Pixels x, double middleX, Pixels y, double middleY, double halfWidth, double halfHeight) =>
        ((x - middleX) / halfWidth).Square() + ((y - middleY) / halfHeight).Square();

    /// <summary>1 where <paramref name="depth"/> is well above 0, 0 well below, between them a ramp, 4·softness wide.</summary>
    [MethodImpl(Inline)] public static Pixels Inside(Pixels depth, double softness) => ((depth / (4 * softness)) + 0.5).Clamp(0, 1);

    [MethodImpl(Inline)] public Pixels AtLeast(double low) => Max(this, low);

    [MethodImpl(Inline)] public Pixels AtMost(double high) => Min(this, high);

    [MethodImpl(Inline)] public Pixels Clamp(double low, double high) => AtLeast(low).AtMost(high);

    public Pixels Power(double exponent)
    {
        if (Vector.EqualsAll(_values, new Vector<float>(_values[0])))
        {
            return MathF.Pow(_values[0], (float)exponent);
        }

        Span<float> powers = stackalloc float[AtOnce];
        CopyTo(powers);
        TensorPrimitives.Pow(powers, (float)exponent, powers);
        return From(powers);
    }

    /// <summary>1 from 10⁻³⁰ on, −1 below −10⁻³⁰, 0 at 0.</summary>
    [MethodImpl(Inline)] public Pixels Sign() => (this * 1e30).Clamp(-1, 1);

    [MethodImpl(Inline)] public Pixels Abs() => new(Vector.Abs(_values));

    [MethodImpl(Inline)] public Pixels Square() => this * this;

    [MethodImpl(Inline)] public Pixels Sqrt() => new(Vector.SquareRoot(_values));

    [MethodImpl(Inline)] public Pixels Sin() => new(Vector.Sin(_values));

    [MethodImpl(Inline)] public Pixels Sigmoid() => 1 / (1 + new Pixels(Vector.Exp(-_values)));

    /// <summary>Reads the pixels of a row from the first of <paramref name="values"/> on.</summary>
    [MethodImpl(Inline)] public static Pixels From(ReadOnlySpan<float> values) => new(new Vector<float>(values));

    [MethodImpl(Inline)] public bool IsAnyPositive() => Vector.GreaterThanAny(_values, Vector<float>.Zero);

    [MethodImpl(Inline)] public void CopyTo(Span<float> values) => _values.CopyTo(values);

    /// <summary>max(0, 1 − q)⁴, which is near exp(−4q) but ends.</summary>
    [MethodImpl(Inline)] private static Pixels Hill(Pixels q) => (q - 1).AtMost(0).Square().Square();
}
