namespace ArcFace.Evaluation;

/// <summary>How confidence intervals are drawn.</summary>
public sealed record BootstrapOptions
{
    /// <summary>Number of resampled sets of people, at least 2.</summary>
    public int Replicates { get; init; } = 1000;

    /// <summary>Probability that an interval is to cover the truth, between 0 and 1.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Seed of the resampling: same seed, same intervals.</summary>
    public int Seed { get; init; }

    /// <summary>Folds of the accuracy, as in <see cref="Verification"/>.</summary>
    public int Folds { get; init; } = 10;

    /// <summary>The false-accept rates at which the true-accept rate is given, each in 0..1.</summary>
    public IReadOnlyList<double> FalseAcceptRates { get; init; } = [1e-1, 1e-2, 1e-3];
}
