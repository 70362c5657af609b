namespace ArcFace.Training;

/// <summary>How weights follow their gradients. Body and head are groups of their own.</summary>
/// <remarks>Biases, normalisation layers (TorchSharp's, and what is an <see cref="Models.INormalization"/>) and learnt slopes never decay:
/// pulling them to zero limits nothing that overfits. Weights in half precision move in float32, and so does what is remembered of them.</remarks>
public abstract record OptimizerOptions
{
    /// <summary>The learning rate of the body before the schedule's factor.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The learning rate of the head; the body's if null.</summary>
    public double? HeadLearningRate { get; init; }

    /// <summary>Weight decay of the body.</summary>
    public double WeightDecay { get; init; } = 5e-4;

    /// <summary>Weight decay of the head; the body's if null.</summary>
    public double? HeadWeightDecay { get; init; }

    internal virtual void Validate()
    {
        RequireNotNegative(LearningRate, nameof(LearningRate));
        RequireNotNegative(HeadLearningRate ?? 0, nameof(HeadLearningRate));
        RequireNotNegative(WeightDecay, nameof(WeightDecay));
        RequireNotNegative(HeadWeightDecay ?? 0, nameof(HeadWeightDecay));
    }

    internal abstract WeightUpdate Create(IReadOnlyList<TrainedParameter> parameters);

    private protected static void RequireFraction(double value, string name) =>
        ArgumentOutOfRangeException.ThrowIf(!(value >= 0 && value < 1), $"{name} is {value}; it must be at least 0 and below 1", name);

    private static void RequireNotNegative(double value, string name) =>
        ArgumentOutOfRangeException.ThrowIf(!(value >= 0 && double.IsFinite(value)), $"{name} is {value}; it must be 0 or more", name);
}

/// <summary>Stochastic gradient descent with momentum: v ← μ·v + g + λ·w, then w ← w − η·v.</summary>
public sealed record SgdOptions : OptimizerOptions
{
    /// <summary>μ: at least 0, below 1.</summary>
    public double Momentum { get; init; } = 0.9;

    internal override void Validate()
    {
        base.Validate();
        RequireFraction(Momentum, nameof(Momentum));
    }

    internal override WeightUpdate Create(IReadOnlyList<TrainedParameter> parameters) => new SgdUpdate(parameters, this);
}

/// <summary>Adam with decoupled weight decay. Source: Loshchilov and Hutter, arXiv 1711.05101, algorithm 2.</summary>
public sealed record AdamWOptions : OptimizerOptions
{
    /// <summary>β₁: at least 0, below 1.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>β₂: at least 0, below 1.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>ε, added to the root of the second moment.</summary>
    public double Epsilon { get; init; } = 1e-8;

    internal override void Validate()
    {
        base.Validate();
        RequireFraction(Beta1, nameof(Beta1));
        RequireFraction(Beta2, nameof(Beta2));
        ArgumentOutOfRangeException.ThrowIf(
            !(Epsilon > 0 && double.IsFinite(Epsilon)), $"Epsilon is {Epsilon}; it must be above 0", nameof(Epsilon));
    }

    internal override WeightUpdate Create(IReadOnlyList<TrainedParameter> parameters) => new AdamWUpdate(parameters, this);
}
