using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Losses;

/// <summary>
/// The penalty on the angle θ between a sample and its own class: cos θ becomes ψ(θ) = cos(m1·θ + m2) − m3.
/// ArcFace (arXiv 1801.07698), equation 4.
/// </summary>
/// <remarks>
/// The true class is <em>scored</em> as if it were farther away, so the network must bring the sample closer to it than to any other
/// class by the margin. Combinations of the paper: (1, 0.3, 0.2) and (0.9, 0.4, 0.15).
/// </remarks>
/// <param name="M1">m1, SphereFace's factor on the angle: positive; 1 for none.</param>
/// <param name="M2">m2, ArcFace's addition to the angle, in radians; 0 for none.</param>
/// <param name="M3">m3, CosFace's subtraction from the cosine; 0 for none.</param>
public readonly record struct AngularMargin(double M1, double M2, double M3)
{
    /// <summary>No margin, (1, 0, 0): normalised softmax.</summary>
    public static AngularMargin None => new(1, 0, 0);

    /// <summary>cos(θ + m): a constant arc between classes, (1, m, 0).</summary>
    /// <param name="m">The margin in radians; the paper's is 0.5, about 28.6°.</param>
    public static AngularMargin ArcFace(double m = 0.5) => new(1, m, 0);

    /// <summary>cos θ − m: a constant gap in cosine, (1, 0, m).</summary>
    /// <param name="m">The margin in units of the cosine.</param>
    public static AngularMargin CosFace(double m = 0.35) => new(1, 0, m);

    /// <summary>cos(m·θ): a gap in proportion to the angle, (m, 0, 0).</summary>
    /// <param name="m">The factor on the angle.</param>
    public static AngularMargin SphereFace(double m = 1.35) => new(m, 0, 0);

    /// <summary>ψ(θ), the target logit before scaling.</summary>
    /// <param name="angle">θ in radians, 0..π.</param>
    /// <param name="boundary">What happens past m1·θ + m2 = π.</param>
    /// <exception cref="ArgumentOutOfRangeException">The angle is outside 0..π, or the boundary is none of the enumeration.</exception>
    public double TargetCosine(double angle, MarginBoundary boundary = MarginBoundary.Monotone)
    {
        RequireAngle(angle);
        double phi = (M1 * angle) + M2;
        switch (boundary)
        {
            case MarginBoundary.Monotone:
                double k = Math.Floor(phi / Math.PI);
                return (Sign(k) * Math.Cos(phi)) - (2 * k) - M3;
            case MarginBoundary.Linear:
                return phi > Math.PI ? Math.Cos(angle) - (M2 * Math.Sin(M2)) - M3 : Math.Cos(phi) - M3;
            case MarginBoundary.Raw:
                return Math.Cos(phi) - M3;
            case MarginBoundary.Easy:
                return Math.Cos(angle) > 0 ? Math.Cos(phi) - M3 : Math.Cos(angle);
            default:
                throw Unknown(boundary);
        }
    }

    /// <summary>ψ′(θ) = dψ/dθ: −m1·sin(m1·θ + m2) where the margin holds undisturbed.</summary>
    /// <param name="angle">θ in radians, 0..π.</param>
    /// <param name="boundary">What happens past m1·θ + m2 = π.</param>
    /// <exception cref="ArgumentOutOfRangeException">The angle is outside 0..π, or the boundary is none of the enumeration.</exception>
    public double TargetSlope(double angle, MarginBoundary boundary = MarginBoundary.Monotone)
    {
        RequireAngle(angle);
        double phi = (M1 * angle) + M2;
        double withMargin = -M1 * Math.Sin(phi);
        double without = -Math.Sin(angle);
        return boundary switch
        {
            MarginBoundary.Monotone => Sign(Math.Floor(phi / Math.PI)) * withMargin,
            MarginBoundary.Linear => phi > Math.PI ? without : withMargin,
            MarginBoundary.Raw => withMargin,
            MarginBoundary.Easy => Math.Cos(angle) > 0 ? withMargin : without,
            _ => throw Unknown(boundary),
        };
    }

    /// <summary>ψ(θ) of every angle, differentiable, with a gradient that is finite everywhere.</summary>
    /// <param name="angles">θ in radians, of any shape, floating point.</param>
    /// <param name="boundary">What happens past m1·θ + m2 = π.</param>
    /// <returns>Target logits before scaling, of the shape of <paramref name="angles"/>.</returns>
    /// <exception cref="ArgumentException">The angles are not floating point.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The boundary is none of the enumeration.</exception>
    public Tensor TargetCosine(Tensor angles, MarginBoundary boundary = MarginBoundary.Monotone)
    {
        ArgumentNullException.ThrowIfNull(angles);
        LossInputs.RequireFloatingPoint(angles);
        using DisposeScope scope = NewDisposeScope();
        Tensor phi = angles.Times(M1).Plus(M2);
        Tensor result;
        switch (boundary)
        {
            case MarginBoundary.Monotone:
                Tensor k = phi.detach().Over(Math.PI).floor();
                Tensor odd = k - k.Over(2).floor().Times(2.0);
                Tensor sign = odd.Times(-2.0).Plus(1);
                result = ((sign * phi.cos()) - k.Times(2.0)).Minus(M3);
                break;
            case MarginBoundary.Linear:
                result = where(phi.IsAbove(Math.PI), angles.cos().Minus(M2 * Math.Sin(M2)), phi.cos()).Minus(M3);
                break;
            case MarginBoundary.Raw:
                result = phi.cos().Minus(M3);
                break;
            case MarginBoundary.Easy:
                Tensor cosine = angles.cos();
                result = where(cosine.IsAbove(0), phi.cos().Minus(M3), cosine);
                break;
            default:
                throw Unknown(boundary);
        }

        return result.MoveToOuterDisposeScope();
    }

    private static double Sign(double k) => k % 2 == 0 ? 1 : -1;

    private static void RequireAngle(double angle)
    {
        if (!(angle >= 0 && angle <= Math.PI))
        {
            throw new ArgumentOutOfRangeException(nameof(angle), angle, $"the angle {angle} is outside 0..π radians.");
        }
    }

    private static ArgumentOutOfRangeException Unknown(MarginBoundary boundary) =>
        new(nameof(boundary), boundary, $"{boundary} is no {nameof(MarginBoundary)}.");
}
