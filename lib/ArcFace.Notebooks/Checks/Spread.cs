namespace ArcFace.Notebooks;

/// <summary>Mean and spread of some runs. Printed as <c>mean ± spread</c>, the spread being the standard deviation.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The standard deviation of single runs, √(Σ(v − mean)² / (n − 1)); NaN for a single run.</param>
/// <param name="Count">How many runs, n.</param>
public readonly record struct Spread(double Mean, double Deviation, int Count) : IFormattable
{
    /// <summary>The standard error of the mean, deviation / √n.</summary>
    public double StandardError => Deviation / Math.Sqrt(Count);

    /// <summary>Mean and spread of values, such as one a seed.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static Spread Of(IEnumerable<double> values)
    {
        double[] all = [.. values];
        ArgumentException.ThrowIf(all.Length == 0, "there is no value to take the mean of", nameof(values));
        double mean = all.Average();
        return new(mean, Math.Sqrt(all.Sum(v => (v - mean) * (v - mean)) / (all.Length - 1)), all.Length);
    }

    /// <summary>Mean and spread of the differences <c>first − second</c>, pair by pair (seed by seed).</summary>
    /// <exception cref="ArgumentException">There are no pairs, or not as many of the one as of the other.</exception>
    public static Spread OfDifferences(IEnumerable<double> first, IEnumerable<double> second)
    {
        double[] left = [.. first], right = [.. second];
        ArgumentException.ThrowIf(left.Length != right.Length, $"{left.Length} values cannot be paired with {right.Length}", nameof(second));
        return Of(left.Zip(right, (a, b) => a - b));
    }

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider = null)
    {
        format ??= "F1";
        return double.IsNaN(Mean) ? "–" : $"{Mean.ToString(format, formatProvider)} ± {Deviation.ToString(format, formatProvider)}";
    }

    /// <inheritdoc/>
    public override string ToString() => ToString("F1");
}
