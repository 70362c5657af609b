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

    /// <summary>Evaluates the branch. It is small, so autograd differentiates the same expressions as the eager kernel uses.</summary>
    public static TargetBranch Evaluate(Tensor embeddings, Tensor weight, Tensor labels, MarginSoftmaxOptions options, bool withGradients)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = NearestRows(embeddings, weight, labels, options.CentersPerClass);
        using IDisposable mode = withGradients ? enable_grad() : no_grad();
        Tensor x = embeddings.detach();
        Tensor w = weight.detach().index_select(0, rows);
        if (withGradients)
        {
            x = x.alias().requires_grad_(true);
            w = w.requires_grad_(true);
        }

        Tensor unitX = UnitVectors.Of(x);
        Tensor unitW = UnitVectors.Of(w);
        bool plain = options.Margin == AngularMargin.None;
        Tensor cosines = plain
            ? (unitX * unitW).sum(1)
            : options.Margin.TargetCosine(UnitVectors.Angle(unitX, unitW), options.Boundary);
        if (!withGradients)
        {
            return new() { Cosines = cosines.MoveToOuterDisposeScope(), Rows = rows.MoveToOuterDisposeScope() };
        }

        Tensor differentiated = plain || options.Gradient == MarginGradient.Exact ? cosines : (unitX * unitW).sum(1);
        IList<Tensor> gradients = autograd.grad([differentiated.sum()], [x, w]);
        return new()
        {
            Cosines = cosines.detach().MoveToOuterDisposeScope(),
            Rows = rows.MoveToOuterDisposeScope(),
            ByEmbedding = gradients[0].MoveToOuterDisposeScope(),
            ByWeight = gradients[1].MoveToOuterDisposeScope(),
        };
    }

    private static Tensor NearestRows(Tensor embeddings, Tensor weight, Tensor labels, long centersPerClass)
    {
        if (centersPerClass == 1)
        {
            return labels.clone();
        }

        using IDisposable mode = no_grad();
        Tensor first = labels.unsqueeze(1) * centersPerClass;                                        // [N, 1]
        Tensor candidates = first + arange(centersPerClass, ScalarType.Int64, labels.device);        // [N, K]
        Tensor centers = UnitVectors.Of(weight.detach().index_select(0, candidates.flatten()));      // [N·K, D]
        Tensor cosines = centers.view(labels.shape[0], centersPerClass, -1).matmul(UnitVectors.Of(embeddings.detach()).unsqueeze(2));
        return candidates.gather(1, cosines.squeeze(2).argmax(1).unsqueeze(1)).squeeze(1);
    }
}
