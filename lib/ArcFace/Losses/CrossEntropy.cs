namespace ArcFace.Losses;

/// <summary>Cross entropy: how many nats it costs on average to describe events of distribution p with a code for q.</summary>
public static class CrossEntropy
{
    /// <summary>The softmax loss: the mean over the batch of −Σ_j t_j · ln p_j, with p = softmax(z).</summary>
    /// <remarks>The target t is one-hot, so the sum is −ln p_y. With smoothing ε it is t = (1 − ε)·onehot(y) + ε/C. The gradient with
    /// respect to the logits is (p − t)/N. ArcFace (arXiv 1801.07698), equation 1.</remarks>
    /// <param name="logits">Logits z [N, C], floating point. Half precision is computed in single.</param>
    /// <param name="labels">Classes y [N], int64, each in 0..C−1.</param>
    /// <param name="labelSmoothing">ε: at least 0, below 1.</param>
    /// <returns>A scalar, differentiable in the logits.</returns>
    /// <exception cref="ArgumentException">Shapes, types or devices do not fit, the batch is empty, or (on the CPU) a logit is not
    /// finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is no class (checked on the CPU), or the smoothing is out of range.</exception>
    public static Tensor FromLogits(Tensor logits, Tensor labels, double labelSmoothing = 0)
    {
        Guard.RequireMatrix(logits, "[N, C]");
        Guard.RequireLabels(labels, logits, logits.shape[1]);
        ArgumentOutOfRangeException.ThrowIf(!(labelSmoothing >= 0 && labelSmoothing < 1),
            $"the label smoothing {labelSmoothing} must be at least 0 and below 1; 0 turns it off.", nameof(labelSmoothing), labelSmoothing);
        return WrappedTensorDisposeScope(() => Unchecked(logits.to(Guard.ComputeType(logits, logits)), labels, labelSmoothing));
    }

    /// <summary><see cref="FromLogits"/> without checks, for losses that have made them.</summary>
    internal static Tensor Unchecked(Tensor logits, Tensor labels, double labelSmoothing)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logProbabilities = nn.functional.log_softmax(logits, 1);
        Tensor loss = -logProbabilities.gather(1, labels.unsqueeze(1).clone()).mean();
        if (labelSmoothing > 0)
        {
            loss = loss.Times(1 - labelSmoothing) - logProbabilities.mean().Times(labelSmoothing);
        }

        return loss.MoveToOuterDisposeScope();
    }
}
