using static TorchSharp.torch;

namespace ArcFace.Losses;

/// <summary>The one logit a sample that bears the margin: ψ(θ_iy), and its gradients, of N·D numbers each.</summary>
/// <param name="Cosines">ψ(θ_iy), before scaling, [N].</param>
/// <param name="Rows">The row of W that is nearest among the centers of the label's class, [N] int64.</param>
/// <param name="ByEmbedding">∂ψ_i/∂x_i [N, D]; of the plain cosine where there is no margin, or it is detached.</param>
/// <param name="ByWeight">∂ψ_i/∂W of row <paramref name="Rows"/>, [N, D].</param>
internal sealed record TargetLogit(Tensor Cosines, Tensor Rows, Tensor ByEmbedding, Tensor ByWeight)
{
    /// <summary>Evaluates it.</summary>
    /// <remarks>
    /// With a = ‖x̂ − ŵ‖ and b = ‖x̂ + ŵ‖ the angle is θ = 2·atan2(a, b), cos θ = x̂·ŵ and sin θ = ab/2. Its gradients are
    /// ∂θ/∂x = (cos θ·x̂ − ŵ)/(sin θ·‖x‖) and ∂θ/∂W = (cos θ·ŵ − x̂)/(sin θ·‖W‖), which lose their digits near 0 and π. There they are computed
    /// from the shorter of a and b: with e = 1 for a &lt; b, else −1, and v = x̂ − e·ŵ, cos θ·x̂ − ŵ = e(v − ‖v‖²/2·x̂) and
    /// cos θ·ŵ − x̂ = −(v + e·‖v‖²/2·ŵ). At exactly 0 and π, where θ has a kink, and for a zero vector they are 0. Then ∂ψ/∂x = ψ′·∂θ/∂x; for the
    /// plain cosine ψ′ is −sin θ, and the sine drops out.
    /// </remarks>
    /// <param name="unitX">x̂ [N, D].</param>
    /// <param name="inverseX">1/‖x‖ [N, 1].</param>
    /// <param name="weight">W [C·K, D], of the same type.</param>
    /// <param name="labels">y [N], int64.</param>
    /// <param name="options">The margin and how it is treated.</param>
    public static TargetLogit Evaluate(Tensor unitX, Tensor inverseX, Tensor weight, Tensor labels, MarginSoftmaxOptions options)
    {
        Tensor rows = NearestRows(unitX, weight, labels, options.CentersPerClass);
        (Tensor unitW, Tensor inverseW) = UnitVectors.WithInverseLengths(weight.SelectRows(rows));
        Tensor difference = unitX - unitW, sum = unitX.Plus(unitW);
        Tensor a = UnitVectors.SumOfSquaresRoot(difference), b = UnitVectors.SumOfSquaresRoot(sum);               // [N, 1]
        Tensor cosines, slopeOverSine;
        if (options.Margin == AngularMargin.None)
        {
            (cosines, slopeOverSine) = ((unitX * unitW).sum([1], true), TensorArithmetic.Full(a.shape, -1, a.dtype, a.device));
        }
        else
        {
            (cosines, Tensor slopes) = options.Margin.TargetCosineAndSlope(UnitVectors.AngleOf(a, b), options.Boundary);
            slopeOverSine = options.Gradient == MarginGradient.Detached
                ? TensorArithmetic.Full(a.shape, -1, a.dtype, a.device)
                : slopes * UnitVectors.Inverse((a * b).Times(0.5));
        }

        // A zero vector has no gradient, and gives none.
        slopeOverSine = slopeOverSine.WithZeros(inverseX.IsZero().logical_or_(inverseW.IsZero()));
        Tensor e = TensorArithmetic.Full(a.shape, -1, a.dtype, a.device).Filled(a.lt(b), 1);
        Tensor shorter = unitX - (e * unitW);
        Tensor half = shorter.Squared().sum([1], true).Times(0.5);
        return new(
            cosines.squeeze(1),
            rows,
            (shorter - (half * unitX)).mul_(slopeOverSine * e * inverseX),
            shorter.Plus(e * half * unitW).mul_((slopeOverSine * inverseW).neg_()));
    }

    private static Tensor NearestRows(Tensor unitX, Tensor weight, Tensor labels, long centersPerClass)
    {
        if (centersPerClass == 1)
        {
            return labels;
        }

        Tensor first = labels.unsqueeze(1).Times(centersPerClass);                                               // [N, 1]
        Tensor candidates = first.Plus(TensorArithmetic.Indices(0, centersPerClass, labels.device));            // [N, K]
        (Tensor centers, _) = UnitVectors.WithInverseLengths(weight.SelectRows(candidates.flatten()));          // [N·K, D]
        Tensor cosines = centers.view(labels.shape[0], centersPerClass, -1).matmul(unitX.unsqueeze(2)).squeeze(2);
        return candidates.gather(1, cosines.argmax(1).unsqueeze(1)).squeeze(1);
    }
}
