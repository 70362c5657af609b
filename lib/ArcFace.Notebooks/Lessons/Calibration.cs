using static TorchSharp.torch;

namespace ArcFace.Notebooks.Lessons;

/// <summary>Closed-set classification: accuracy, confusion, and whether confidence can be believed.</summary>
public static class Calibration
{
    // The sum of a row that was rounded to bfloat16 (8 bits) can be off by four in a thousand.
    private const double SumTolerance = 0.01;

    /// <summary>Compares predicted probabilities with the true classes.</summary>
    /// <remarks>
    /// The predicted class is the one of the largest probability, of equal ones the first; its probability is the confidence. Bins have
    /// equal width, and a confidence on an edge belongs to the bin below it.
    /// </remarks>
    /// <param name="probabilities">After softmax, rows that sum to one, [N, C].</param>
    /// <param name="labels">The true classes, 0..C − 1, [N].</param>
    /// <param name="bins">Number of bins of the confidence.</param>
    /// <exception cref="ArgumentException">Shapes or types do not fit, or a row is no distribution.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is outside 0..C − 1, or <paramref name="bins"/> is below 1.</exception>
    public static CalibrationReport Measure(Tensor probabilities, Tensor labels, int bins = 15)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        ArgumentException.ThrowIf(
            probabilities.dim() != 2 || probabilities.shape[0] == 0 || probabilities.shape[1] < 2 || !probabilities.is_floating_point(),
            $"probabilities is {probabilities.dtype} of shape {Guard.Shape(probabilities)}: it must be floating point, [N, C] with C at least 2.",
            nameof(probabilities));
        int classCount = (int)probabilities.shape[1];
        long[] truth = Guard.Labels(labels, probabilities.shape[0]);
        var predicted = new long[truth.Length];
        var confidence = new double[truth.Length];
        foreach ((long from, long to) in Directions.Blocks(truth.Length, classCount))
        {
            using var block = NewDisposeScope();
            double[] values = Directions.ToArray(probabilities.slice(0, from, to, 1).detach().cpu().to(ScalarType.Float64));
            for (long row = from; row < to; row++)
            {
                ReadOnlySpan<double> distribution = values.AsSpan((int)(row - from) * classCount, classCount);
                predicted[row] = Predict(distribution, row, nameof(probabilities));
                confidence[row] = distribution[(int)predicted[row]];
            }
        }

        return new(ConfusionMatrix.Count(predicted, truth, classCount), Reliability(predicted, truth, confidence, bins));
    }

    private static int Predict(ReadOnlySpan<double> distribution, long row, string name)
    {
        int best = 0;
        double sum = 0;
        for (int i = 0; i < distribution.Length; i++)
        {
            ArgumentException.ThrowIf(!(distribution[i] >= 0 && distribution[i] <= 1 + SumTolerance),
                $"{name}[{row}, {i}] is {distribution[i]}, outside 0..1: give the softmax of the logits.", name);
            sum += distribution[i];
            best = distribution[i] > distribution[best] ? i : best;
        }

        ArgumentException.ThrowIf(
            Math.Abs(sum - 1) > SumTolerance, $"Row {row} of {name} sums to {sum}, not to 1: give the softmax of the logits.", name);
        return best;
    }

    private static ReliabilityBin[] Reliability(long[] predicted, long[] truth, double[] confidence, int bins)
    {
        ILookup<int, int> rows = Enumerable.Range(0, truth.Length)
            .ToLookup(row => Math.Clamp((int)Math.Ceiling(confidence[row] * bins) - 1, 0, bins - 1));
        double MeanOf(int bin, Func<int, double> value) => rows[bin].Select(value).DefaultIfEmpty(double.NaN).Average();
        return [.. Enumerable.Range(0, bins).Select(bin => new ReliabilityBin((double)bin / bins, (bin + 1.0) / bins, rows[bin].Count(),
            MeanOf(bin, row => confidence[row]), MeanOf(bin, row => predicted[row] == truth[row] ? 1 : 0)))];
    }
}
