using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Lessons;

/// <summary>Logistic regression's pieces: the probability p = 1/(1 + e^−z) of a logit z, the loss of a label, and its gradient.</summary>
/// <remarks>
/// The logit is the logarithm of the odds, z = ln(p/(1 − p)). Every form here is stable: no logit that is a finite number overflows.
/// </remarks>
public static class Logistic
{
    /// <summary>The probability σ(z) = 1/(1 + e^−z) of the label 1.</summary>
    /// <param name="logit">The log-odds z, any real number.</param>
    /// <returns>A number in [0, 1].</returns>
    public static double Probability(double logit)
    {
        // The exponential of minus |z| lies in (0, 1]: it may vanish, it cannot overflow.
        double e = Math.Exp(-Math.Abs(logit));
        return (logit >= 0 ? 1 : e) / (1 + e);
    }

    /// <summary>The probabilities σ(z) = 1/(1 + e^−z), one for each logit.</summary>
    /// <param name="logits">Log-odds of any shape, floating point.</param>
    /// <returns>Probabilities of the shape of <paramref name="logits"/>.</returns>
    /// <exception cref="ArgumentException">The logits are not floating point, or (on the CPU) not finite.</exception>
    public static Tensor Probability(Tensor logits)
    {
        RequireLogits(logits);
        return torch.sigmoid(logits);
    }

    /// <summary>The logit z = ln(p/(1 − p)): the inverse of <see cref="Probability(double)"/>.</summary>
    /// <param name="probability">p, strictly between 0 and 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not strictly between 0 and 1.</exception>
    public static double Logit(double probability)
    {
        ArgumentOutOfRangeException.ThrowIf(!(probability > 0 && probability < 1),
            $"the probability {probability} must lie strictly between 0 and 1: outside, the odds have no logarithm.",
            nameof(probability),
            probability);
        return Math.Log(probability) - Math.Log(1 - probability);
    }

    /// <summary>ln(1 + e^z), computed as max(z, 0) + log1p(e^−|z|), which neither overflows nor loses a small result.</summary>
    /// <param name="logit">Any real number z.</param>
    public static double Softplus(double logit)
    {
        // double.LogP1 adds the 1 first and so loses a small x. What the sum lost, x/(u − 1) puts back (Kahan).
        double x = Math.Exp(-Math.Abs(logit));
        double u = 1 + x;
        return Math.Max(logit, 0) + (u == 1 ? x : Math.Log(u) * (x / (u - 1)));
    }

    /// <summary>The negative log-likelihood −y·ln p − (1 − y)·ln(1 − p) of the label y, with p = σ(z).</summary>
    /// <remarks>Effectively y·softplus(−z) + (1 − y)·softplus(z), which is max(z, 0) − z·y + log1p(e^−|z|).</remarks>
    /// <param name="logit">The log-odds z.</param>
    /// <param name="label">y: 0 or 1, or a probability between them.</param>
    /// <exception cref="ArgumentOutOfRangeException">The label is outside 0..1.</exception>
    public static double Loss(double logit, double label)
    {
        ArgumentOutOfRangeException.ThrowIf(!(label >= 0 && label <= 1), $"the label {label} is outside 0..1.", nameof(label), label);
        return (label * Softplus(-logit)) + ((1 - label) * Softplus(logit));
    }

    /// <summary>The mean over all logits of −y·ln p − (1 − y)·ln(1 − p), with p = σ(z).</summary>
    /// <param name="logits">Log-odds z of any shape, at least one.</param>
    /// <param name="labels">y, of the same shape and any real type: 0 or 1, or a probability between them.</param>
    /// <returns>A scalar, differentiable in the logits.</returns>
    /// <exception cref="ArgumentException">Shapes, types or devices do not fit, there is no logit, or (on the CPU) one is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is outside 0..1 (checked on the CPU).</exception>
    public static Tensor Loss(Tensor logits, Tensor labels)
    {
        RequirePairs(logits, labels);
        using DisposeScope scope = NewDisposeScope();
        Tensor y = labels.to(logits.dtype, copy: true), z = logits.clone();
        return (-(y * nn.functional.logsigmoid(z)) - (y.neg().Plus(1) * nn.functional.logsigmoid(-z))).mean().MoveToOuterDisposeScope();
    }

    /// <summary>The gradient of the mean loss with respect to the logits: (p − y)/N, N the number of logits.</summary>
    /// <param name="logits">Log-odds z of any shape, at least one.</param>
    /// <param name="labels">y, of the same shape: 0 or 1, or a probability between them.</param>
    /// <returns>A tensor of the shape of <paramref name="logits"/>, outside the autograd graph.</returns>
    /// <exception cref="ArgumentException">As for <see cref="Loss(Tensor, Tensor)"/>.</exception>
    public static Tensor Gradient(Tensor logits, Tensor labels)
    {
        RequirePairs(logits, labels);
        using DisposeScope scope = NewDisposeScope();
        return (torch.sigmoid(logits.detach()) - labels.to(logits.dtype)).Over(logits.numel()).MoveToOuterDisposeScope();
    }

    private static void RequireLogits(Tensor logits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        Guard.RequireFloatingPoint(logits);
        Guard.RequireFinite(logits);
    }

    private static void RequirePairs(Tensor logits, Tensor labels)
    {
        RequireLogits(logits);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentException.ThrowIf(logits.numel() == 0 || !labels.shape.AsSpan().SequenceEqual(logits.shape),
            $"labels have the shape {Guard.Shape(labels)} and logits {Guard.Shape(logits)}: the two must agree, with at least one value.",
            nameof(labels));
        Guard.RequireSameDevice(labels, logits, nameof(labels), nameof(logits));
        if (labels.device_type != DeviceType.CPU)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        (Tensor lowest, Tensor highest) = labels.detach().to(ScalarType.Float64).aminmax();
        double low = lowest.item<double>(), high = highest.item<double>();
        ArgumentOutOfRangeException.ThrowIf(!(low >= 0 && high <= 1),
            $"the label {(low >= 0 ? high : low)} is outside 0..1; the two classes are numbered 0 and 1.", nameof(labels));
    }
}
