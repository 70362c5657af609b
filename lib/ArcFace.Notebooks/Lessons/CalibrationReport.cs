namespace ArcFace.Notebooks.Lessons;

/// <summary>How often a closed-set classifier is right, and whether it is as often right as it says.</summary>
public sealed record CalibrationReport
{
    internal CalibrationReport(ConfusionMatrix confusion, ReliabilityBin[] bins)
    {
        (ConfusionMatrix, Bins) = (confusion, bins);
        ReliabilityBin[] filled = [.. bins.Where(bin => bin.Count > 0)];
        ExpectedCalibrationError = filled.Sum(bin => bin.Count * Math.Abs(bin.Accuracy - bin.Confidence)) / confusion.SampleCount;
        MaximumCalibrationError = filled.Max(bin => Math.Abs(bin.Accuracy - bin.Confidence));
    }

    /// <summary>Share of the samples whose class has the largest probability, 0..1.</summary>
    public double Accuracy => ConfusionMatrix.Accuracy;

    /// <summary>True against predicted classes.</summary>
    public ConfusionMatrix ConfusionMatrix { get; }

    /// <summary>The reliability diagram: accuracy and mean confidence in bins of equal width.</summary>
    public IReadOnlyList<ReliabilityBin> Bins { get; }

    /// <summary>ECE = Σ_b n_b/N · |accuracy_b − confidence_b| over the bins, 0..1.</summary>
    /// <remarks>Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, equation 3.</remarks>
    public double ExpectedCalibrationError { get; }

    /// <summary>MCE = max_b |accuracy_b − confidence_b| over the bins that hold samples, 0..1 (there, equation 5).</summary>
    public double MaximumCalibrationError { get; }

    /// <summary>The report as a table.</summary>
    public override string ToString()
    {
        var table = new TextTable($"Calibration on {TextTable.Count(ConfusionMatrix.SampleCount)} samples")
            .Row("accuracy", TextTable.Percent(Accuracy))
            .Row("expected calibration error", TextTable.Percent(ExpectedCalibrationError))
            .Row("maximum calibration error", TextTable.Percent(MaximumCalibrationError))
            .Row("confidence", "samples", "mean confidence", "accuracy");
        foreach (ReliabilityBin bin in Bins.Where(bin => bin.Count > 0))
        {
            table.Row(
                $"({TextTable.Number(bin.Lower, 2)}, {TextTable.Number(bin.Upper, 2)}]",
                TextTable.Count(bin.Count),
                TextTable.Percent(bin.Confidence),
                TextTable.Percent(bin.Accuracy));
        }

        return table.ToString();
    }
}

/// <summary>The predictions whose confidence lies in (<paramref name="Lower"/>, <paramref name="Upper"/>].</summary>
/// <param name="Lower">Confidences of the bin lie above this; the first bin holds 0 too.</param>
/// <param name="Upper">Confidences of the bin are at most this.</param>
/// <param name="Count">Number of predictions.</param>
/// <param name="Confidence">Their mean confidence, 0..1; NaN if there are none.</param>
/// <param name="Accuracy">Share of them that are right, 0..1; NaN if there are none.</param>
public sealed record ReliabilityBin(double Lower, double Upper, int Count, double Confidence, double Accuracy);
