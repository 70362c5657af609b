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
    /// <exception cref="ArgumentOutOfRangeException">A label is no class (checked on the CPU), or the smoothing is out of
    /// range.</exception>
    public static Tensor FromLogits(Tensor logits, Tensor labels, double labelSmoothing = 0)
    {
        Guard.RequireMatrix(logits, "[N, C]");
        Guard.RequireLabels(labels, logits, logits.shape[1]);
        Guard.RequireSmoothing(labelSmoothing);
        using DisposeScope scope = NewDisposeScope();
        return Unchecked(logits.to(Guard.ComputeType(logits, logits)), labels, labelSmoothing).MoveToOuterDisposeScope();
    }

    /// <summary>H(p, q) = −Σ_j p_j ln q_j, in nats, along the last dimension.</summary>
    /// <remarks>A class with p = 0 costs nothing, whatever q says; one with q = 0 and p &gt; 0 costs infinitely much.</remarks>
    /// <param name="p">The distribution that is true, [..., C].</param>
    /// <param name="q">The predicted distribution, of the same shape.</param>
    /// <returns>A tensor [...]: a scalar for one distribution, [N] for N of them.</returns>
    /// <exception cref="ArgumentException">Shapes or types do not fit, or (on the CPU) a row is no distribution.</exception>
    public static Tensor Between(Tensor p, Tensor q)
    {
        Distributions.Require(p);
        Distributions.RequireAlike(p, q);
        using DisposeScope scope = NewDisposeScope();
        return (-torch.xlogy(p.clone(), q.clone()).sum(-1)).MoveToOuterDisposeScope();
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
