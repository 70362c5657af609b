using ArcFace.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Lessons;

/// <summary>
/// One function from logistic regression to ArcFace: logistic → softmax → no bias → normalised → scaled → ArcFace. Each rung is its
/// neighbour's equal at one setting.
/// </summary>
public static class LossLadder
{
    /// <summary>The mean loss of a batch on a rung of the ladder.</summary>
    /// <param name="embeddings">x [N, D], floating point, at least one row.</param>
    /// <param name="weight">W [C, D], floating point; [1, D] on the logistic rung.</param>
    /// <param name="bias">b [C], or [1] on the logistic rung. Rungs without bias do not look at it.</param>
    /// <param name="labels">y [N], int64, each in 0..C−1; 0 or 1 on the logistic rung.</param>
    /// <param name="rung">Which switches are on.</param>
    /// <returns>A scalar, differentiable in embeddings, weight and bias.</returns>
    /// <exception cref="ArgumentException">
    /// Shapes, types or devices do not fit, the switches contradict each other, or (on the CPU) a value is not finite.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is no class (checked on the CPU), or the scale or margin is out of limits.</exception>
    public static Tensor Evaluate(Tensor embeddings, Tensor weight, Tensor? bias, Tensor labels, LossRung rung)
    {
        ArgumentNullException.ThrowIfNull(rung);
        rung.Validate(nameof(rung));
        if (rung.Normalize)
        {
            return MarginSoftmaxLoss.Evaluate(embeddings, weight, labels, new() { Margin = rung.Margin, Scale = rung.Scale });
        }

        RequireLinear(embeddings, weight, bias, rung);
        using DisposeScope scope = NewDisposeScope();
        ScalarType type = Guard.ComputeType(embeddings, weight);
        Tensor logits = embeddings.to(type, copy: true).matmul(weight.to(type, copy: true).t());
        logits = rung.Bias ? logits.Plus(bias!.to(type)) : logits;
        logits = rung.OneLogit ? cat([zeros_like(logits), logits], 1) : logits;
        return CrossEntropy.FromLogits(logits, labels).MoveToOuterDisposeScope();
    }

    private static void RequireLinear(Tensor embeddings, Tensor weight, Tensor? bias, LossRung rung)
    {
        Guard.RequireMatrix(embeddings);
        Guard.RequireMatrix(weight, "[C, D]");
        Guard.RequireSameWidth(embeddings, weight);
        ArgumentException.ThrowIf(rung.OneLogit && weight.shape[0] != 1,
            $"weight has {weight.shape[0]} rows, where the logistic rung wants one; for more classes climb to softmax.", nameof(weight));
        if (!rung.Bias)
        {
            return;
        }

        ArgumentNullException.ThrowIfNull(bias);
        Guard.RequireFloatingPoint(bias);
        Guard.RequireSameDevice(bias, weight, nameof(bias), nameof(weight));
        ArgumentException.ThrowIf(bias.dim() != 1 || bias.shape[0] != weight.shape[0],
            $"bias has the shape {Guard.Shape(bias)}, where [{weight.shape[0]}] is wanted: one value a class.", nameof(bias));
    }
}
