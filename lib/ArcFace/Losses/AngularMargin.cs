namespace ArcFace.Losses;

/// <summary>The penalty on the angle θ between a sample and its own class: cos θ becomes ψ(θ) = cos(m1·θ + m2) − m3. ArcFace (arXiv
/// 1801.07698), equation 4.</summary>
/// <remarks>The true class is <em>scored</em> as if it were farther away, so the network must bring the sample closer to it than to any
/// other class by the margin. Combinations of the paper: (1, 0.3, 0.2) and (0.9, 0.4, 0.15).</remarks>
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
    public double TargetCosine(double angle, MarginBoundary boundary = MarginBoundary.Monotone) => AtAngle(angle, boundary).Cosine;

    /// <summary>ψ′(θ) = dψ/dθ: −m1·sin(m1·θ + m2) where the margin holds undisturbed.</summary>
    /// <inheritdoc cref="TargetCosine(double, MarginBoundary)"/>
    public double TargetSlope(double angle, MarginBoundary boundary = MarginBoundary.Monotone) => AtAngle(angle, boundary).Slope;

    /// <summary>ψ(θ) of every angle, differentiable, with a gradient that is finite everywhere.</summary>
    /// <param name="angles">θ in radians, of any shape, floating point.</param>
    /// <param name="boundary">What happens past m1·θ + m2 = π.</param>
    /// <returns>Target logits before scaling, of the shape of <paramref name="angles"/>.</returns>
    /// <exception cref="ArgumentException">The angles are not floating point.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The boundary is none of the enumeration.</exception>
    public Tensor TargetCosine(Tensor angles, MarginBoundary boundary = MarginBoundary.Monotone)
    {
        ArgumentNullException.ThrowIfNull(angles);
        Guard.RequireFloatingPoint(angles);
        using DisposeScope scope = NewDisposeScope();
        return TargetCosineAndSlope(angles, boundary).Cosine.MoveToOuterDisposeScope();
    }

    /// <summary>ψ(θ) and ψ′(θ) of every angle.</summary>
    /// <remarks>Whatever the boundary, ψ is made of pieces ±cos(a·θ + b) + c, and its slope there is ∓a·sin(a·θ + b). With the margin a =
    /// m1, b = m2 and c = −m3; where the boundary gives the margin up, a = 1 and b = 0.</remarks>
    internal (Tensor Cosine, Tensor Slope) TargetCosineAndSlope(Tensor angles, MarginBoundary boundary)
    {
        Tensor at = angles.detach();
        Tensor phi = at.Times(M1).Plus(M2);
        Tensor factor = Everywhere(M1), offset = Everywhere(M2), shift = Everywhere(-M3), sign = Everywhere(1);
        switch (boundary)
        {
            case MarginBoundary.Monotone:
                Tensor k = phi.Over(Math.PI).floor();
                sign = sign - (k - k.Over(2).floor().Times(2.0)).Times(2.0);
                shift = shift - k.Times(2.0);
                break;
            case MarginBoundary.Linear:
                GiveUp(phi.IsAbove(Math.PI), -(M2 * Math.Sin(M2)) - M3);
                break;
            case MarginBoundary.Raw:
                break;
            case MarginBoundary.Easy:
                GiveUp(at.cos().IsAbove(0).logical_not(), 0);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(boundary), boundary, $"{boundary} is no {nameof(MarginBoundary)}.");
        }

        Tensor argument = (angles * factor).Plus(offset);
        return ((sign * argument.cos()).Plus(shift), (sign * factor * argument.sin()).neg());

        Tensor Everywhere(double number) => TensorArithmetic.Full(at.shape, number, at.dtype, at.device);

        void GiveUp(Tensor where, double shiftThere)
        {
            factor = factor.Filled(where, 1);
            offset = offset.Filled(where, 0);
            shift = shift.Filled(where, shiftThere);
        }
    }

    private (double Cosine, double Slope) AtAngle(double angle, MarginBoundary boundary)
    {
        ArgumentOutOfRangeException.ThrowIf(
            !(angle >= 0 && angle <= Math.PI), $"the angle {angle} is outside 0..π radians.", nameof(angle), angle);
        using DisposeScope scope = NewDisposeScope();
        (Tensor cosine, Tensor slope) = TargetCosineAndSlope(tensor(angle, ScalarType.Float64, CPU), boundary);
        return (cosine.item<double>(), slope.item<double>());
    }
}
