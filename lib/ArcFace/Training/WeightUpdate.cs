using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Training;

/// <summary>One rule by which weights follow their gradients, with the memory the rule needs.</summary>
internal abstract class WeightUpdate(IReadOnlyList<TrainedParameter> parameters) : IDisposable
{
    /// <summary>Name to tensor: everything the rule remembers from step to step.</summary>
    public Dictionary<string, Tensor> Memory { get; } = new(StringComparer.Ordinal);

    protected IReadOnlyList<TrainedParameter> Parameters => parameters;

    /// <summary>Moves every weight; nothing waits for the device. Gradients may be changed.</summary>
    /// <param name="step">1 for the first step of the run.</param>
    /// <param name="factor">The schedule's factor on the learning rates.</param>
    public void Step(long step, double factor)
    {
        foreach (var parameter in parameters)
        {
            if (parameter.Parameter.grad is { } gradient)
            {
                Move(parameter, gradient, parameter.LearningRate * factor, step);
            }
        }
    }

    /// <summary>Scales all gradients so that the length of all of them together is at most <paramref name="limit"/>.</summary>
    public void Clip(double limit)
    {
        var gradients = parameters.Select(parameter => parameter.Parameter.grad).OfType<Tensor>().ToList();
        var norm = stack(gradients.Select(gradient => gradient.norm().to(ScalarType.Float32))).norm();
        var factor = (limit / (norm + 1e-6)).clamp_max(1);
        foreach (var gradient in gradients)
        {
            gradient.mul_(factor);
        }
    }

    public void Dispose()
    {
        foreach (var tensor in Memory.Values)
        {
            tensor.Dispose();
        }
    }

    /// <remarks>
    /// Plain numbers are given to torch as scalars that are disposed at the end: one that nobody holds can be collected while
    /// torch still reads it, when a thread that decodes pictures starts a collection.
    /// </remarks>
    protected abstract void Move(TrainedParameter parameter, Tensor gradient, double learningRate, long step);

    /// <summary>Zeros of the parameter's shape, kept until <see cref="Dispose"/>.</summary>
    protected void Remember(TrainedParameter parameter, string what) =>
        Memory.Add($"{parameter.Name}.{what}", zeros_like(parameter.Parameter, requires_grad: false).DetachFromDisposeScope());

    protected Tensor Recall(TrainedParameter parameter, string what) => Memory[$"{parameter.Name}.{what}"];
}

internal sealed class SgdUpdate : WeightUpdate
{
    private readonly Sgd _options;

    public SgdUpdate(IReadOnlyList<TrainedParameter> parameters, Sgd options)
        : base(parameters)
    {
        _options = options;
        foreach (var parameter in parameters)
        {
            Remember(parameter, "velocity");
        }
    }

    protected override void Move(TrainedParameter parameter, Tensor gradient, double learningRate, long step)
    {
        using Scalar decay = parameter.WeightDecay, momentum = _options.Momentum, rate = -learningRate;
        if (parameter.WeightDecay > 0)
        {
            gradient.add_(parameter.Parameter, alpha: decay);
        }

        var velocity = Recall(parameter, "velocity");
        velocity.mul_(momentum).add_(gradient);
        parameter.Parameter.add_(velocity, alpha: rate);
    }
}

internal sealed class AdamWUpdate : WeightUpdate
{
    private readonly AdamW _options;

    public AdamWUpdate(IReadOnlyList<TrainedParameter> parameters, AdamW options)
        : base(parameters)
    {
        _options = options;
        foreach (var parameter in parameters)
        {
            Remember(parameter, "mean");
            Remember(parameter, "square");
        }
    }

    protected override void Move(TrainedParameter parameter, Tensor gradient, double learningRate, long step)
    {
        var (mean, square) = (Recall(parameter, "mean"), Recall(parameter, "square"));
        using Scalar keptMean = _options.Beta1, newMean = 1 - _options.Beta1;
        mean.mul_(keptMean).add_(gradient, alpha: newMean);
        using Scalar keptSquare = _options.Beta2, newSquare = 1 - _options.Beta2;
        square.mul_(keptSquare).addcmul_(gradient, gradient, value: newSquare);
        if (parameter.WeightDecay > 0)
        {
            using Scalar kept = 1 - (learningRate * parameter.WeightDecay);
            parameter.Parameter.mul_(kept);
        }

        double meanCorrection = 1 - Math.Pow(_options.Beta1, step);
        double squareCorrection = 1 - Math.Pow(_options.Beta2, step);
        using Scalar correction = Math.Sqrt(squareCorrection), epsilon = _options.Epsilon, move = -learningRate / meanCorrection;
        var root = square.sqrt().div_(correction).add_(epsilon);
        parameter.Parameter.addcdiv_(mean, root, value: move);
    }
}
