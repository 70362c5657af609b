namespace ArcFace.Evaluation;

/// <summary>How well the angle between two embeddings tells whether they show one person.</summary>
/// <remarks>A pair is accepted when its score, the cosine of the angle, is at least the threshold.</remarks>
public sealed record VerificationReport
{
    internal VerificationReport(RocCurve roc, double threshold, double[] accuracies, double[] thresholds, string? warning)
    {
        (Roc, Threshold, FoldAccuracies, FoldThresholds, Warning) = (roc, threshold, accuracies, thresholds, warning);
        Accuracy = accuracies.Average();
        double squares = accuracies.Sum(accuracy => (accuracy - Accuracy) * (accuracy - Accuracy));
        AccuracyStandardDeviation = Math.Sqrt(squares / accuracies.Length);
        AccuracyStandardError = Math.Sqrt(squares / (accuracies.Length - 1) / accuracies.Length);
    }

    /// <summary>Mean over the folds of the accuracy on a fold with the threshold chosen on the others, 0..1.</summary>
    public double Accuracy { get; }

    /// <summary>Standard deviation of the folds' accuracies, as of a population: divided by the number of folds.</summary>
    public double AccuracyStandardDeviation { get; }

    /// <summary>Standard error of the mean accuracy as LFW reports it: σ̂/√folds with σ̂ the sample standard deviation (divided by folds −
    /// 1).</summary>
    /// <remarks>Huang et al., "Labeled Faces in the Wild", technical report 07-49 (2007).</remarks>
    public double AccuracyStandardError { get; }

    /// <summary>Accuracy on each fold, 0..1.</summary>
    public IReadOnlyList<double> FoldAccuracies { get; }

    /// <summary>The threshold each fold was judged with: the best on all other folds.</summary>
    public IReadOnlyList<double> FoldThresholds { get; }

    /// <summary>The threshold of best accuracy on all pairs, a cosine: the one to take to new data.</summary>
    /// <remarks>Half-way between the two neighbouring scores; of several equally good ones the highest.</remarks>
    public double Threshold { get; }

    /// <summary>The ROC curve of all pairs.</summary>
    public RocCurve Roc { get; }

    /// <summary>What must be said with these figures; null where there is nothing.</summary>
    public string? Warning { get; }

    /// <inheritdoc cref="RocCurve.AreaUnderCurve"/>
    public double AreaUnderCurve => Roc.AreaUnderCurve;

    /// <inheritdoc cref="RocCurve.EqualErrorRate"/>
    public double EqualErrorRate => Roc.EqualErrorRate;

    /// <inheritdoc cref="RocCurve.TrueAcceptRateAt"/>
    public double TrueAcceptRateAt(double falseAcceptRate) => Roc.TrueAcceptRateAt(falseAcceptRate);

    /// <inheritdoc cref="RocCurve.OperatingPointAt"/>
    public OperatingPoint OperatingPointAt(double falseAcceptRate) => Roc.OperatingPointAt(falseAcceptRate);

    /// <summary>The report as a table.</summary>
    public override string ToString()
    {
        var table = new TextTable(
            $"Verification of {TextTable.Count(Roc.GenuineCount)} genuine and {TextTable.Count(Roc.ImpostorCount)} impostor pairs");
        string spread = $"± {TextTable.Percent(AccuracyStandardDeviation)}";
        string angle = TextTable.Degrees(double.RadiansToDegrees(Math.Acos(Math.Clamp(Threshold, -1, 1))));
        table.Row($"accuracy, {FoldAccuracies.Count} folds", TextTable.Percent(Accuracy), spread);
        table.Row("best threshold", TextTable.Number(Threshold), angle);
        Roc.AddRows(table);
        return Warning is null ? table.ToString() : $"{table}{Environment.NewLine}{Warning}";
    }
}
