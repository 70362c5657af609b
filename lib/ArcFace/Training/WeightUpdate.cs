namespace ArcFace.Training;

/// <summary>One rule by which weights follow their gradients, with the memory the rule needs.</summary>
/// <remarks>Of a weight with a sparse gradient, such as that of Partial FC, only the rows in it move, decay and change their memory: a
/// class that no step has seen stays exactly where it is.</remarks>
internal abstract class WeightUpdate : IDisposable
{
    private readonly List<(TrainedParameter Parameter, IReadOnlyList<Tensor> Tensors)> _moved = [];

    /// <summary>The memories name what the rule remembers of each weight: tensors of its shape, zeros at first, at least float32.</summary>
    protected WeightUpdate(IReadOnlyList<TrainedParameter> parameters, params IReadOnlyList<string> memories)
    {
        foreach (var parameter in parameters)
        {
            List<Tensor> tensors = [parameter.Parameter];
            foreach (string memory in memories)
            {
                var type = Wide(parameter.Parameter.dtype);
                tensors.Add(zeros_like(parameter.Parameter, dtype: type, requires_grad: false).DetachFromDisposeScope());
                Memory.Add($"{parameter.Name}.{memory}", tensors[^1]);
            }

            _moved.Add((parameter, tensors));
        }
    }

    /// <summary>Name to tensor: everything the rule remembers from step to step.</summary>
    public Dictionary<string, Tensor> Memory { get; } = new(StringComparer.Ordinal);

    /// <summary>Moves every weight; nothing waits for the device. Gradients may be changed.</summary>
    /// <returns>A sum that is not finite where a weight that moved, or what is remembered of it, is not; it may overflow without that. Null
    /// if none moved.</returns>
    public Tensor? Step(long step, double factor)
    {
        var sums = new List<Tensor>();
        foreach (var (parameter, tensors) in _moved)
        {
            if (parameter.Parameter.grad is not { } gradient)
            {
                continue;
            }

            var rates = new StepRates(parameter.LearningRate * factor, parameter.WeightDecay, step);
            if (gradient.is_sparse)
            {
                var rows = SparseRows.Of(gradient);
                rows.Update(tensors, parts => MoveWide(parts, rows.Values, rates, sums));
            }
            else
            {
                MoveWide(tensors, gradient, rates, sums);
            }
        }

        return sums.Count == 0 ? null : stack(sums).sum();
    }

    /// <summary>Scales all gradients so that the length of all of them together is at most <paramref name="limit"/>.</summary>
    /// <returns>A length of the gradients, not finite where one of them is not. On a device other than the CPU, where looking at it would
    /// stall the step, also where the squares of finite gradients overflow, beyond about 1e19 in float32. Null if there is no gradient.</returns>
    public Tensor? Clip(double limit)
    {
        List<Tensor> all = [.. _moved.Select(moved => moved.Parameter.Parameter.grad).OfType<Tensor>()];
        if (all.Count == 0)
        {
            return null;
        }

        // Of rows that are named several times, the sum counts.
        List<Tensor> gradients = [.. all.Select(gradient => gradient.is_sparse ? gradient.SparseValues : gradient)];
        List<Tensor> counted = [.. all.Select(gradient => gradient.is_sparse ? SparseRows.Of(gradient).Values : gradient)];
        var length = Length(counted);
        if (length.device_type == DeviceType.CPU && !length.isfinite().item<bool>())
        {
            var largest = stack(counted.Select(gradient => gradient.abs().max().to(length.dtype))).max();
            length = Length(counted.Select(gradient => gradient.div(largest)));
            gradients.ForEach(gradient => gradient.div_(largest));
        }

        var factor = length.Plus(1e-6).reciprocal_().Times(limit).Clamped(0.0, 1);
        foreach (var gradient in gradients)
        {
            var type = Wide(gradient.dtype);
            _ = type == gradient.dtype ? gradient.mul_(factor) : gradient.copy_(gradient.to(type).mul_(factor));
        }

        return length;
    }

    public void Dispose()
    {
        foreach (var tensor in Memory.Values)
        {
            tensor.Dispose();
        }
    }

    /// <summary>The type in which a weight of a type moves: half precision would lose small steps, and a small ε wholly.</summary>
    protected static ScalarType Wide(ScalarType type) => type is ScalarType.Float16 or ScalarType.BFloat16 ? ScalarType.Float32 : type;

    private static Tensor Length(IEnumerable<Tensor> gradients)
    {
        List<Tensor> lengths = [.. gradients.Select(gradient => gradient.to(Wide(gradient.dtype)).norm())];
        var type = lengths.Any(length => length.dtype == ScalarType.Float64) ? ScalarType.Float64 : ScalarType.Float32;
        return stack(lengths.Select(length => length.to(type))).norm();
    }

    private void MoveWide(IReadOnlyList<Tensor> tensors, Tensor gradient, StepRates rates, List<Tensor> sums)
    {
        var type = Wide(tensors[0].dtype);
        if (type == tensors[0].dtype)
        {
            Move(tensors, gradient, rates, sums);
        }
        else
        {
            var wide = tensors[0].to(type);
            Move([wide, .. tensors.Skip(1)], gradient.to(type), rates, sums);
            tensors[0].copy_(wide);
        }

        sums.Add(Sum(tensors[0]));
    }

    /// <summary>Σ x, in float32.</summary>
    protected static Tensor Sum(Tensor x) => x.dtype == ScalarType.Float64 ? x.sum().to(ScalarType.Float32) : x.sum(ScalarType.Float32);

    /// <summary>Moves a weight, or some rows of it: the first tensor. The others are what is remembered of it. The gradient may be changed;
    /// the list takes the sum of what may become infinite while the weight stays finite.</summary>
    /// <remarks>Plain numbers are given to torch as scalars that are disposed at the end: <see cref="TensorArithmetic"/> tells why.</remarks>
    protected abstract void Move(IReadOnlyList<Tensor> tensors, Tensor gradient, StepRates rates, List<Tensor> sums);
}

/// <summary>η after the schedule's factor, λ, and the number of the step, 1 for the first.</summary>
internal readonly record struct StepRates(double LearningRate, double WeightDecay, long Step);

/// <remarks>Without momentum nothing is remembered, which at a million classes is a third of the memory.</remarks>
internal sealed class SgdUpdate(IReadOnlyList<TrainedParameter> parameters, SgdOptions options)
    : WeightUpdate(parameters, options.Momentum > 0 ? ["velocity"] : [])
{
    protected override void Move(IReadOnlyList<Tensor> tensors, Tensor gradient, StepRates rates, List<Tensor> sums)
    {
        using Scalar decay = rates.WeightDecay, momentum = options.Momentum, rate = -rates.LearningRate;
        if (rates.WeightDecay > 0)
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
    protected override void Move(IReadOnlyList<Tensor> tensors, Tensor gradient, StepRates rates, List<Tensor> sums)
    {
        var (weight, mean, square) = (tensors[0], tensors[1], tensors[2]);
        using Scalar keptMean = options.Beta1, newMean = 1 - options.Beta1;
        mean.mul_(keptMean).add_(gradient, alpha: newMean);
        using Scalar keptSquare = options.Beta2, newSquare = 1 - options.Beta2;
        square.mul_(keptSquare).addcmul_(gradient, gradient, value: newSquare);
        if (rates.WeightDecay > 0)
        {
            using Scalar kept = 1 - (rates.LearningRate * rates.WeightDecay);
            weight.mul_(kept);
        }

        double meanCorrection = 1 - Math.Pow(options.Beta1, rates.Step);
        double squareCorrection = 1 - Math.Pow(options.Beta2, rates.Step);
        using Scalar correction = Math.Sqrt(squareCorrection), move = -rates.LearningRate / meanCorrection;
        var root = square.sqrt().div_(correction).AddInPlace(options.Epsilon);
        weight.addcdiv_(mean, root, value: move);
        sums.Add(Sum(root));
    }
}
