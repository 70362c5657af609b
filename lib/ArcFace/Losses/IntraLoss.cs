namespace ArcFace.Losses;

/// <summary>The intra-class loss: normalised softmax that also asks each sample to come closer to its own class.</summary>
public static class IntraLoss
{
    /// <summary>L5 = L2 + 1/(πN) Σ_i θ_iy. ArcFace (arXiv 1801.07698), equation 5.</summary>
    /// <param name="embeddings">x [N, D], floating point, at least one row.</param>
    /// <param name="weight">W [C, D], floating point.</param>
    /// <param name="labels">y [N], int64, each in 0..C−1.</param>
    /// <param name="scale">s of the normalised softmax L2: positive.</param>
    /// <returns>A scalar, differentiable in the embeddings and the weight.</returns>
    /// <exception cref="ArgumentException">Shapes, types or devices do not fit, or (on the CPU) a value is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The scale is not positive, or a label is no class (checked on the CPU).</exception>
    public static Tensor Evaluate(Tensor embeddings, Tensor weight, Tensor labels, double scale = 64)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = NormalizedLogits.Scaled(embeddings, weight, scale);
        Guard.RequireLabels(labels, embeddings, weight.shape[0]);
        Tensor x = UnitVectors.Of(embeddings, logits.dtype);
        Tensor targets = UnitVectors.Of(weight, logits.dtype).SelectRows(labels.clone());
        Tensor penalty = UnitVectors.Angle(x, targets).mean().Over(Math.PI);
        return CrossEntropy.Unchecked(logits, labels, 0).Plus(penalty).MoveToOuterDisposeScope();
    }
}
