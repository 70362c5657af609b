using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Losses;

/// <summary>The one logit a row that bears the margin: ψ(θ_iy), and its gradients, of N·D numbers each.</summary>
internal sealed record TargetBranch
{
    /// <summary>ψ(θ_iy), the target logit before scaling, [N].</summary>
    public required Tensor Cosines { get; init; }

    /// <summary>The row of W that is nearest among the centers of the label's class, [N] int64.</summary>
    public required Tensor Rows { get; init; }

    /// <summary>∂ψ_i/∂x_i [N, D], or of the plain cosine where the margin is detached; null where no gradient is asked for.</summary>
    public Tensor? ByEmbedding { get; init; }

    /// <summary>∂ψ_i/∂W of row <see cref="Rows"/>, [N, D]; null where no gradient is asked for.</summary>
    public Tensor? ByWeight { get; init; }

    /// <summary>Evaluates the branch.</summary>
    /// <remarks>
    /// With a = ‖x̂ − ŵ‖ and b = ‖x̂ + ŵ‖ the angle is θ = 2·atan2(a, b), so ∂ψ/∂x̂ = p(x̂ − ŵ) + q(x̂ + ŵ) and ∂ψ/∂ŵ = −p(x̂ − ŵ) + q(x̂ + ŵ)
    /// with p = ψ'·2b/(a(a² + b²)) and q = −ψ'·2a/(b(a² + b²)), 0 where a or b is 0. For the plain cosine, (b² − a²)/4, p = −½ and q = ½.
    /// Then ∂ψ/∂x = (∂ψ/∂x̂ − (∂ψ/∂x̂·x̂)x̂)/‖x‖, and likewise for W. The slope ψ' is autograd's.
    /// </remarks>
    public static TargetBranch Evaluate(Tensor embeddings, Tensor weight, Tensor labels, MarginSoftmaxOptions options, bool withGradients)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        Tensor rows = NearestRows(embeddings, weight, labels, options.CentersPerClass);
        (Tensor x, Tensor inverseX) = Unit(embeddings.detach());
        (Tensor w, Tensor inverseW) = Unit(weight.detach().index_select(0, rows));
        bool plain = options.Margin == AngularMargin.None;
        bool throughAngle = !plain && options.Gradient == MarginGradient.Exact;
        Tensor difference = x - w;
        Tensor sum = x.Plus(w);
        Tensor a = UnitVectors.Lengths(difference, keepdim: true);                                          // [N, 1]
        Tensor b = UnitVectors.Lengths(sum, keepdim: true);
        (Tensor cosines, Tensor? slopes) = plain
            ? ((x * w).sum(1, true), null)
            : Margin(UnitVectors.AngleOf(a, b), options, withGradients && throughAngle);
        if (!withGradients)
        {
            return new() { Cosines = cosines.squeeze(1).MoveToOuterDisposeScope(), Rows = rows.MoveToOuterDisposeScope() };
        }

        Tensor alongDifference = difference.Times(-0.5);
        Tensor alongSum = sum.Times(0.5);
        if (slopes is not null)
        {
            Tensor factor = slopes.Times(2.0) * UnitVectors.Inverse(a.Squared().Plus(b.Squared()));
            alongDifference = difference * (factor * b * UnitVectors.Inverse(a));
            alongSum = sum * (factor * a * UnitVectors.Inverse(b)).neg_();
        }

        return new()
        {
            Cosines = cosines.squeeze(1).MoveToOuterDisposeScope(),
            Rows = rows.MoveToOuterDisposeScope(),
            ByEmbedding = Across(alongSum.Plus(alongDifference), x).mul_(inverseX).MoveToOuterDisposeScope(),
            ByWeight = Across(alongSum - alongDifference, w).mul_(inverseW).MoveToOuterDisposeScope(),
        };
    }

    private static (Tensor Cosines, Tensor? Slopes) Margin(Tensor angles, MarginSoftmaxOptions options, bool withSlopes)
    {
        using IDisposable mode = withSlopes ? enable_grad() : no_grad();
        angles = withSlopes ? angles.requires_grad_(true) : angles;
        Tensor cosines = options.Margin.TargetCosine(angles, options.Boundary);
        return (cosines.detach(), withSlopes ? autograd.grad([cosines.sum()], [angles])[0] : null);
    }

    private static (Tensor Unit, Tensor InverseNorms) Unit(Tensor vectors)
    {
        Tensor inverse = UnitVectors.Inverse(UnitVectors.Lengths(vectors, keepdim: true));
        return (UnitVectors.Of(vectors), inverse);
    }

    // 0 for 0: a zero vector has no direction, and where a or b is 0 the angle has a kink, whose least subgradient is 0.

    private static Tensor Across(Tensor gradient, Tensor direction) => gradient.sub_((gradient * direction).sum(1, true) * direction);

    private static Tensor NearestRows(Tensor embeddings, Tensor weight, Tensor labels, long centersPerClass)
    {
        if (centersPerClass == 1)
        {
            return labels.clone();
        }

        using IDisposable mode = no_grad();
        Tensor first = labels.unsqueeze(1).Times(centersPerClass);                                    // [N, 1]
        Tensor candidates = first.Plus(TensorArithmetic.Indices(0, centersPerClass, labels.device)); // [N, K]
        Tensor centers = UnitVectors.Of(weight.detach().index_select(0, candidates.flatten()));      // [N·K, D]
        Tensor cosines = centers.view(labels.shape[0], centersPerClass, -1).matmul(UnitVectors.Of(embeddings.detach()).unsqueeze(2));
        return candidates.gather(1, cosines.squeeze(2).argmax(1).unsqueeze(1)).squeeze(1);
    }
}
