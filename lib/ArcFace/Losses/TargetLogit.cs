namespace ArcFace.Losses;

/// <summary>The one logit a sample that bears the margin: ψ(θ_iy), and its gradients, of N·D numbers each.</summary>
/// <param name="Cosines">ψ(θ_iy), before scaling, [N].</param>
/// <param name="Rows">The row of W that is nearest among the centers of the label's class, [N] int64.</param>
/// <param name="ByEmbedding">∂ψ_i/∂x_i [N, D]; of the plain cosine where there is no margin, or it is detached.</param>
/// <param name="ByWeight">∂ψ_i/∂W of row <paramref name="Rows"/>, [N, D].</param>
internal sealed record TargetLogit(Tensor Cosines, Tensor Rows, Tensor ByEmbedding, Tensor ByWeight)
{
    /// <summary>Evaluates it from x̂ [N, D], 1/‖x‖ [N, 1], W [C·K, D] and y [N].</summary>
    /// <remarks>With a = ‖x̂ − ŵ‖ and b = ‖x̂ + ŵ‖ the angle is θ = 2·atan2(a, b), cos θ = x̂·ŵ and sin θ = ab/2. Its gradients are ∂θ/∂x =
    /// −ŵ⊥/(sin θ·‖x‖) and ∂θ/∂W = −x̂⊥/(sin θ·‖W‖), with ŵ⊥ = ŵ − cos θ·x̂ the part of ŵ across x̂, and x̂⊥ that of x̂ across ŵ. Near 0
    /// and π both lose their digits, unless they are taken from the shorter of x̂ − ŵ and x̂ + ŵ: with e = 1 for a &lt; b, else −1, and v =
    /// x̂ − e·ŵ, −ŵ⊥ = e·v⊥ across x̂ and x̂⊥ = v⊥ across ŵ. At exactly 0 and π, where θ has a kink, and for a zero vector they are 0. Then
    /// ∂ψ/∂x = ψ′·∂θ/∂x; for the plain cosine ψ′ is −sin θ, and the sine drops out.</remarks>
    public static TargetLogit Evaluate(Tensor unitX, Tensor inverseX, Tensor weight, Tensor labels, MarginSoftmaxOptions options)
    {
        Tensor rows = NearestRows(unitX, weight, labels, options.CentersPerClass);
        (Tensor unitW, Tensor inverseW) = UnitVectors.WithInverseLengths(weight.SelectRows(rows));
        Tensor difference = unitX - unitW, sum = unitX.Plus(unitW);
        Tensor a = UnitVectors.SumOfSquaresRoot(difference), b = UnitVectors.SumOfSquaresRoot(sum);               // [N, 1]
        Tensor minusOne = TensorArithmetic.Full(a.shape, -1, a.dtype, a.device);
        Tensor cosines, slopeOverSine = minusOne;
        if (options.Margin == AngularMargin.None)
        {
            cosines = (unitX * unitW).sum([1], true);
        }
        else
        {
            (cosines, Tensor slopes) = options.Margin.TargetCosineAndSlope(UnitVectors.AngleOf(a, b), options.Boundary);
            slopeOverSine = options.Gradient == MarginGradient.Detached ? minusOne : slopes * UnitVectors.Inverse((a * b).Times(0.5));
        }

        Tensor e = minusOne.Filled(a.lt(b), 1);
        Tensor shorter = unitX - (e * unitW);
        return new(
            cosines.squeeze(1),
            rows,
            Across(shorter, unitX).mul_(slopeOverSine * e * inverseX),
            Across(shorter, unitW).mul_((slopeOverSine * inverseW).neg_()));
    }

    /// <summary>What of each vector is perpendicular to a unit vector.</summary>
    private static Tensor Across(Tensor vectors, Tensor units) => vectors - ((vectors * units).sum([1], true) * units);

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
