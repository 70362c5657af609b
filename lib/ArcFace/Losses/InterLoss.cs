namespace ArcFace.Losses;

/// <summary>The inter-class loss: normalised softmax that also asks the classes to stand apart.</summary>
public static class InterLoss
{
    /// <summary>L6 = L2 − 1/(πN(C−1)) Σ_i Σ_{j≠y} arccos(Ŵ_y·Ŵ_j). ArcFace (arXiv 1801.07698), equation 6.</summary>
    /// <remarks>The sign is a minus: larger angles between classes make the loss smaller.</remarks>
    /// <inheritdoc cref="IntraLoss.Evaluate"/>
    /// <returns>A scalar, differentiable once in the embeddings and the weight: torch throws where its gradient is to be differentiated.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The scale is not positive, there is one class only, or a label is no class (checked on
    /// the CPU).</exception>
    public static Tensor Evaluate(Tensor embeddings, Tensor weight, Tensor labels, double scale = 64)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = NormalizedLogits.Scaled(embeddings, weight, scale);
        long classCount = weight.shape[0];
        Guard.RequireSeveralClasses(classCount);
        Guard.RequireLabels(labels, embeddings, classCount);
        Tensor w = UnitVectors.Of(weight, logits.dtype);
        // A class is at angle 0 to itself, so the sum over all classes is the sum over the others.
        Tensor toOthers = UnitVectors.Angles(w, w).sum(1).gather(0, labels.clone());
        Tensor reward = toOthers.mean().Over(Math.PI * (classCount - 1));
        return (CrossEntropy.Unchecked(logits, labels, 0) - reward).MoveToOuterDisposeScope();
    }
}
