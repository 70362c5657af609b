namespace ArcFace.Notebooks.Lessons;

/// <summary>How often each class was taken for each: rows are the true classes, columns the predicted.</summary>
public sealed record ConfusionMatrix
{
    private readonly long[][] _counts;

    internal ConfusionMatrix(long[][] counts) => _counts = counts;

    /// <summary>Number of classes, C.</summary>
    public int ClassCount => _counts.Length;

    /// <summary>Number of samples.</summary>
    public long SampleCount => _counts.Sum(row => row.Sum());

    /// <summary>Share of the samples whose class was predicted, 0..1.</summary>
    public double Accuracy => (double)_counts.Select((row, label) => row[label]).Sum() / SampleCount;

    /// <summary>Samples of <paramref name="trueClass"/> that were predicted to be <paramref name="predictedClass"/>.</summary>
    public long this[int trueClass, int predictedClass] => _counts[trueClass][predictedClass];

    /// <summary>Counts predictions against labels.</summary>
    /// <param name="predicted">The predicted classes, 0..C − 1.</param>
    /// <param name="labels">The true classes, 0..C − 1, as many.</param>
    /// <param name="classCount">C, at least 2.</param>
    /// <exception cref="ArgumentException">There are no samples, or not as many of one as of the other.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A class is outside 0..C − 1, or C is below 2.</exception>
    public static ConfusionMatrix Count(ReadOnlySpan<long> predicted, ReadOnlySpan<long> labels, int classCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 2);
        ArgumentException.ThrowIf(predicted.Length != labels.Length || labels.Length == 0,
            $"{predicted.Length} predictions for {labels.Length} labels: give one for each, and at least one.", nameof(predicted));
        long[][] counts = [.. Enumerable.Range(0, classCount).Select(_ => new long[classCount])];
        for (int i = 0; i < labels.Length; i++)
        {
            RequireClass(predicted[i], classCount, nameof(predicted));
            RequireClass(labels[i], classCount, nameof(labels));
            counts[labels[i]][predicted[i]]++;
        }

        return new(counts);
    }

    /// <summary>Share of the samples of a class that were recognised, 0..1; NaN if it has none.</summary>
    public double Recall(int trueClass) => (double)_counts[trueClass][trueClass] / _counts[trueClass].Sum();

    /// <summary>Share of the samples predicted to be of a class that are, 0..1; NaN if there are none.</summary>
    public double Precision(int predictedClass) =>
        (double)_counts[predictedClass][predictedClass] / _counts.Sum(row => row[predictedClass]);

    /// <summary>The counts as a table.</summary>
    public override string ToString()
    {
        var table = new TextTable("Confusion (rows: true class, columns: predicted)");
        table.Row([string.Empty, .. Enumerable.Range(0, ClassCount).Select(label => $"{label}"), "recall"]);
        for (int label = 0; label < ClassCount; label++)
        {
            table.Row([$"{label}", .. _counts[label].Select(count => $"{count}"), TextTable.Percent(Recall(label))]);
        }

        return table.ToString();
    }

    private static void RequireClass(long label, int classCount, string name) => ArgumentOutOfRangeException.ThrowIf(
        label < 0 || label >= classCount, $"class label {label} is outside 0..{classCount - 1} ({classCount} classes).", name, label);
}
