using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Losses;

/// <summary>Directions without lengths, and the angles between them, accurate and differentiable from 0 to π.</summary>
internal static class UnitVectors
{
    private static readonly Scalar Infinity = double.PositiveInfinity;
    private static readonly Scalar One = 1.0;

    /// <summary>‖x‖ for each row of [N, D]: [N], or [N, 1] with <paramref name="keepdim"/>.</summary>
    public static Tensor Lengths(Tensor vectors, bool keepdim = false) => vectors.norm(1, keepdim, 2);

    /// <summary>x/‖x‖ for each row of [N, D]; the zero row, which has no direction, stays zero and gets a zero gradient.</summary>
    public static Tensor Of(Tensor vectors)
    {
        Tensor norm = Lengths(vectors, keepdim: true);
        // Dividing by infinity makes both the value and the gradient of a zero row 0; dividing by 0 would make both NaN.
        return vectors / norm.masked_fill(norm.IsZero(), Infinity);
    }

    /// <summary>1/‖x‖ from ‖x‖; 0 for a zero vector.</summary>
    public static Tensor Inverse(Tensor lengths) => lengths.masked_fill(lengths.IsZero(), Infinity).reciprocal_();

    /// <summary>The angle θ = 2·atan2(‖u − v‖, ‖u + v‖) between row i of u and row i of v, [N] radians.</summary>
    /// <remarks>
    /// Where arccos(u·v) has an infinite slope and loses half of the digits, at 0 and π, this keeps all of them, and |∂θ/∂u| never
    /// exceeds 1. At exactly 0 and π, where θ has a kink, the gradient is 0, its subgradient of least length. A zero row counts as
    /// perpendicular to everything.
    /// </remarks>
    public static Tensor Angle(Tensor u, Tensor v) => AngleOf(Lengths(u - v), Lengths(u.Plus(v)));

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
        Tensor bothZero = difference.IsZero().logical_and(sum.IsZero());
        return atan2(difference.masked_fill(bothZero, One), sum.masked_fill(bothZero, One)).Times(2.0);
    }
}
