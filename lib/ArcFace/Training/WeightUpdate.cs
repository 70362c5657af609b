using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Training;

/// <summary>One rule by which weights follow their gradients, with the memory the rule needs.</summary>
/// <remarks>
/// Of a weight with a sparse gradient, such as that of Partial FC, only the rows in it move, decay and change their memory: a class
/// that no step has seen stays exactly where it is.
/// </remarks>
internal abstract class WeightUpdate : IDisposable
{
    private readonly IReadOnlyList<TrainedParameter> _parameters;
    private readonly IReadOnlyList<string> _memories;

    /// <param name="parameters">What moves.</param>
    /// <param name="memories">Names of what the rule remembers of each weight: tensors of its shape, zeros at first.</param>
    protected WeightUpdate(IReadOnlyList<TrainedParameter> parameters, params IReadOnlyList<string> memories)
    {
        (_parameters, _memories) = (parameters, memories);
        foreach (var parameter in parameters)
        {
            foreach (string memory in memories)
            {
                var start = zeros_like(parameter.Parameter, requires_grad: false).DetachFromDisposeScope();
                Memory.Add($"{parameter.Name}.{memory}", start);
            }
        }
    }

    /// <summary>Name to tensor: everything the rule remembers from step to step.</summary>
    public Dictionary<string, Tensor> Memory { get; } = new(StringComparer.Ordinal);

    /// <summary>Moves every weight; nothing waits for the device. Gradients may be changed.</summary>
    /// <param name="step">1 for the first step of the run.</param>
    /// <param name="factor">The schedule's factor on the learning rates.</param>
    public void Step(long step, double factor)
    {
        foreach (var parameter in _parameters)
        {
            if (parameter.Parameter.grad is not { } gradient)
            {
                continue;
            }

            double learningRate = parameter.LearningRate * factor;
            List<Tensor> tensors = [parameter.Parameter, .. _memories.Select(memory => Memory[$"{parameter.Name}.{memory}"])];
            if (gradient.is_sparse)
            {
                var rows = SparseRows.Of(gradient);
                rows.Update(tensors, parts => Move(parts, rows.Values, parameter.WeightDecay, learningRate, step));
            }
            else
            {
                Move(tensors, gradient, parameter.WeightDecay, learningRate, step);
            }
        }
    }

    /// <summary>Scales all gradients so that the length of all of them together is at most <paramref name="limit"/>.</summary>
    public void Clip(double limit)
    {
        var gradients = _parameters.Select(parameter => parameter.Parameter.grad).OfType<Tensor>().ToList();
        var norms = gradients.Select(gradient => (gradient.is_sparse ? SparseRows.Of(gradient).Values : gradient).norm());
        var norm = stack(norms.Select(length => length.to(ScalarType.Float32))).norm();
        var factor = norm.Plus(1e-6).reciprocal_().Times(limit).Clamped(0.0, 1);
        foreach (var gradient in gradients)
        {
            (gradient.is_sparse ? gradient.SparseValues : gradient).mul_(factor);
        }
    }

    public void Dispose()
    {
        foreach (var tensor in Memory.Values)
        {
            tensor.Dispose();
        }
    }

    /// <summary>Moves a weight, or some rows of it: the first tensor. The others are what is remembered of it.</summary>
    /// <remarks>
    /// Plain numbers are given to torch as scalars that are disposed at the end: one that nobody holds can be collected while
    /// torch still reads it, when a thread that decodes pictures starts a collection.
    /// </remarks>
    protected abstract void Move(IReadOnlyList<Tensor> tensors, Tensor gradient, double weightDecay, double learningRate, long step);
}

/// <remarks>Without momentum nothing is remembered, which at a million classes is a third of the memory.</remarks>
internal sealed class SgdUpdate(IReadOnlyList<TrainedParameter> parameters, SgdOptions options)
    : WeightUpdate(parameters, options.Momentum > 0 ? ["velocity"] : [])
{
    protected override void Move(IReadOnlyList<Tensor> tensors, Tensor gradient, double weightDecay, double learningRate, long step)
    {
        using Scalar decay = weightDecay, momentum = options.Momentum, rate = -learningRate;
        if (weightDecay > 0)
        {
            gradient.add_(tensors[0], alpha: decay);
        }

        var velocity = options.Momentum > 0 ? tensors[1].mul_(momentum).AddInPlace(gradient) : gradient;
        tensors[0].add_(velocity, alpha: rate);
    }
}

internal sealed class AdamWUpdate(IReadOnlyList<TrainedParameter> parameters, AdamWOptions options)
    : WeightUpdate(parameters, "mean", "square")
{
    protected override void Move(IReadOnlyList<Tensor> tensors, Tensor gradient, double weightDecay, double learningRate, long step)
    {
        var (weight, mean, square) = (tensors[0], tensors[1], tensors[2]);
        using Scalar keptMean = options.Beta1, newMean = 1 - options.Beta1;
        mean.mul_(keptMean).add_(gradient, alpha: newMean);
        using Scalar keptSquare = options.Beta2, newSquare = 1 - options.Beta2;
        square.mul_(keptSquare).addcmul_(gradient, gradient, value: newSquare);
        if (weightDecay > 0)
        {
            using Scalar kept = 1 - (learningRate * weightDecay);
            weight.mul_(kept);
        }

        double meanCorrection = 1 - Math.Pow(options.Beta1, step);
        double squareCorrection = 1 - Math.Pow(options.Beta2, step);
        using Scalar correction = Math.Sqrt(squareCorrection), move = -learningRate / meanCorrection;
        var root = square.sqrt().div_(correction).AddInPlace(options.Epsilon);
        weight.addcdiv_(mean, root, value: move);
    }
}
