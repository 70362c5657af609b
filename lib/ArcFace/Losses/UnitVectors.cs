using System.Runtime.CompilerServices;

namespace ArcFace.Losses;

/// <summary>Directions without lengths, and the angles between them, accurate and differentiable from 0 to π.</summary>
/// <remarks>A row of any finite numbers has its direction: it is brought near 1 by a power of two before its squares are summed, which else
/// overflow from about 1e19 and vanish below 1e-23 in single precision. The zero row, which has none, stays zero and gets a zero gradient.</remarks>
internal static class UnitVectors
{
    private static readonly Scalar Infinity = double.PositiveInfinity;
    private static readonly Scalar One = 1.0;

    /// <summary>‖x‖ for each row of [N, D]: [N], or [N, 1] with <paramref name="keepdim"/>. It may overflow where the row does not.</summary>
    public static Tensor Lengths(Tensor vectors, bool keepdim = false)
    {
        Tensor factor = PowerOfTwo(vectors);
        Tensor lengths = SumOfSquaresRoot(vectors * factor) / factor;
        return keepdim ? lengths : lengths.squeeze(1);
    }

    /// <summary>√(Σ_d x_d²) for each row of [N, D] as it stands, [N, 1]: for rows whose lengths are not far from 1.</summary>
    public static Tensor SumOfSquaresRoot(Tensor vectors) => vectors.norm(1, true, 2);

    /// <summary>2^−e for each row of [N, D], [N, 1], such that the row times it has its largest magnitude near 1.</summary>
    public static Tensor PowerOfTwo(Tensor vectors)
    {
        double limit = vectors.dtype == ScalarType.Float64 ? 1022 : 126;
        return vectors.detach().norm(1, true, float.PositiveInfinity).log2().floor().neg().Clamped(-limit, limit).exp2();
    }

    /// <summary>x/‖x‖ for each row of [N, D], differentiable, computed and returned in float32 or float64, as the type says; the slope is how
    /// large ‖x‖·‖∂L/∂x‖ can become.</summary>
    /// <exception cref="ArgumentException">On the CPU: a row is so short that its gradient may be beyond the largest number.</exception>
    public static Tensor Of(
        Tensor vectors, ScalarType type, double slope = 1, [CallerArgumentExpression(nameof(vectors))] string? name = null)
    {
        Tensor rows = vectors.to(type);
        Tensor factor = PowerOfTwo(rows);
        rows = rows * factor;                                   // a copy: what autograd keeps is then not the caller's to change
        Tensor lengths = SumOfSquaresRoot(rows);
        if (vectors.requires_grad && is_grad_enabled())
        {
            RequireGradientsInRange(Inverse(lengths.detach()) * factor, slope, vectors.dtype, name);
        }

        return Divided(rows, lengths);
    }

    /// <summary>x/‖x‖ [N, D] and 1/‖x‖ [N, 1] of each row, both 0 for a zero row.</summary>
    public static (Tensor Unit, Tensor Inverse) WithInverseLengths(Tensor vectors)
    {
        Tensor factor = PowerOfTwo(vectors);
        Tensor rows = vectors * factor;
        Tensor lengths = SumOfSquaresRoot(rows);
        return (Divided(rows, lengths), Inverse(lengths) * factor);
    }

    /// <summary>Requires, on the CPU, that slope/‖x‖ is a number of the type for every row x that is not zero: of its gradient, which is at
    /// most so large.</summary>
    public static void RequireGradientsInRange(Tensor inverseLengths, double slope, ScalarType type, string? name)
    {
        if (inverseLengths.device_type != DeviceType.CPU)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        double steepest = slope * inverseLengths.max().to(ScalarType.Float64).item<double>(), largest = finfo(type).max;
        ArgumentException.ThrowIf(steepest > largest,
            $"{name} hold a row so short that its gradient, which grows as one over the length, may be beyond {largest:g3}, the largest " +
            $"number of {type}. Scale the rows up, or compute the loss without recording gradients.", name);
    }

    /// <summary>1/‖x‖ from ‖x‖; 0 for a zero vector.</summary>
    public static Tensor Inverse(Tensor lengths) => lengths.masked_fill(lengths.IsZero(), Infinity).reciprocal_();

    /// <summary>The angle θ = 2·atan2(‖u − v‖, ‖u + v‖) between row i of u and row i of v, both unit rows, [N] radians.</summary>
    /// <remarks>Where arccos(u·v) has an infinite slope and loses half of the digits, at 0 and π, this keeps all of them, and |∂θ/∂u| never
    /// exceeds 1. At exactly 0 and π, where θ has a kink, the gradient is 0, its subgradient of least length. A zero row counts as
    /// perpendicular to everything.</remarks>
    public static Tensor Angle(Tensor u, Tensor v) => AngleOf(SumOfSquaresRoot(u - v).squeeze(1), SumOfSquaresRoot(u.Plus(v)).squeeze(1));

    /// <summary>The angle between every row of u and every row of v, [N, C] radians, as <see cref="Angle"/> computes it.</summary>
    public static Tensor Angles(Tensor u, Tensor v)
    {
        const TorchSharp.compute_mode exact = TorchSharp.compute_mode.donot_use_mm_for_euclid_dist;
        return AngleOf(cdist(u, v, 2, exact), cdist(u, -v, 2, exact));
    }

    /// <summary>The angle between unit vectors from the lengths of their difference and of their sum.</summary>
    public static Tensor AngleOf(Tensor difference, Tensor sum)
    {
        // Only two zero vectors have neither difference nor sum; atan2(0, 0) has no gradient, atan2(1, 1) is the right angle wanted.
        Tensor bothZero = difference.IsZero().bitwise_and(sum.IsZero());
        return atan2(difference.masked_fill(bothZero, One), sum.masked_fill(bothZero, One)).Times(2.0);
    }

    // Dividing by infinity makes both the value and the gradient of a zero row 0; dividing by 0 would make both NaN.
    private static Tensor Divided(Tensor rows, Tensor lengths) => rows / lengths.masked_fill(lengths.IsZero(), Infinity);
}
