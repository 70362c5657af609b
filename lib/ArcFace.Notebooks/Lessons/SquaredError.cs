using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Lessons;

/// <summary>Squared error between probabilities and the one-hot label: the first idea for a loss, and why it is not the last.</summary>
public static class SquaredError
{
    /// <summary>The mean over the batch of Σ_j (p_j − t_j)², with p = softmax(z) and t = onehot(y).</summary>
    /// <remarks>Its gradient with respect to logit j is 2·p_j·((p_j − t_j) − Σ_k p_k(p_k − t_k))/N. The leading p_j makes it vanish where
    /// the model is most wrong: at p_y = 0 nothing pulls the true class up. Cross entropy has no such factor.</remarks>
    /// <param name="logits">Logits z [N, C], floating point. Half precision is computed in single.</param>
    /// <param name="labels">Classes y [N], int64, each in 0..C−1.</param>
    /// <returns>A scalar between 0 and 2, differentiable in the logits.</returns>
    /// <exception cref="ArgumentException">Shapes, types or devices do not fit, the batch is empty, or (on the CPU) a logit is not
    /// finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is no class (checked on the CPU).</exception>
    public static Tensor FromLogits(Tensor logits, Tensor labels)
    {
        Guard.RequireMatrix(logits, "[N, C]");
        Guard.RequireLabels(labels, logits, logits.shape[1]);
        using DisposeScope scope = NewDisposeScope();
        Tensor p = torch.softmax(logits.to(Guard.ComputeType(logits, logits)), 1);
        Tensor t = nn.functional.one_hot(labels, logits.shape[1]).to(p.dtype);
        return (p - t).Squared().sum(1).mean().MoveToOuterDisposeScope();
    }
}
