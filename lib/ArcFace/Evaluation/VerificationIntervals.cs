namespace ArcFace.Evaluation;

/// <summary>Verification figures with their confidence intervals from resampled people.</summary>
public sealed record VerificationIntervals
{
    private readonly Dictionary<double, ConfidenceInterval> _trueAcceptRates;

    internal VerificationIntervals(Dictionary<double, ConfidenceInterval> trueAcceptRates) => _trueAcceptRates = trueAcceptRates;

    /// <summary>Share of the pairs that are decided rightly with the threshold of their fold, which stays what it is on the data as they
    /// are.</summary>
    public required ConfidenceInterval Accuracy { get; init; }

    /// <summary>Area under the ROC curve.</summary>
    public required ConfidenceInterval AreaUnderCurve { get; init; }

    /// <summary>Equal error rate.</summary>
    public required ConfidenceInterval EqualErrorRate { get; init; }

    /// <summary>Number of people that were resampled.</summary>
    public required int IdentityCount { get; init; }

    /// <summary>The options it was made with.</summary>
    public required BootstrapOptions Options { get; init; }

    /// <summary>True-accept rate at one of <see cref="BootstrapOptions.FalseAcceptRates"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate was not among them.</exception>
    public ConfidenceInterval TrueAcceptRateAt(double falseAcceptRate)
    {
        bool known = _trueAcceptRates.TryGetValue(falseAcceptRate, out ConfidenceInterval? interval);
        ArgumentOutOfRangeException.ThrowIf(!known,
            $"FAR {falseAcceptRate} was not resampled: name it in BootstrapOptions.FalseAcceptRates.", nameof(falseAcceptRate), falseAcceptRate);
        return interval!;
    }

    /// <summary>The intervals as a table.</summary>
    public override string ToString()
    {
        string draws = $"{TextTable.Count(Options.Replicates)} resamplings of {TextTable.Count(IdentityCount)} people";
        var table = new TextTable($"{TextTable.Percent(Options.Confidence)} intervals from {draws}");
        Row(table, $"accuracy, {Options.Folds} folds", Accuracy);
        Row(table, "area under the ROC curve", AreaUnderCurve);
        Row(table, "equal error rate", EqualErrorRate);
        foreach ((double rate, ConfidenceInterval interval) in _trueAcceptRates)
        {
            Row(table, $"TAR at FAR {TextTable.Rate(rate)}", interval);
        }

        return table.ToString();
    }

    private static void Row(TextTable table, string name, ConfidenceInterval interval)
    {
        string range = $"[{TextTable.Percent(interval.Lower)}, {TextTable.Percent(interval.Upper)}]";
        table.Row(name, TextTable.Percent(interval.Estimate), range);
    }
}

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

/// <summary>A figure and the interval that is to cover its true value.</summary>
/// <param name="Estimate">The figure on the data as they are.</param>
/// <param name="Lower">Lower end.</param>
/// <param name="Upper">Upper end.</param>
public sealed record ConfidenceInterval(double Estimate, double Lower, double Upper);
