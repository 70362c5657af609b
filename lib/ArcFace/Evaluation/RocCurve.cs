using System.Collections;

namespace ArcFace.Evaluation;

/// <summary>The receiver operating characteristic of a set of scores: all pairs of false-accept and true-accept rate that some threshold
/// gives, from (0, 0) to (1, 1), one vertex for each different score.</summary>
/// <remarks>Effectively: for every score t, highest first, FAR(t) = #{impostor ≥ t} / #impostor and TAR(t) = #{genuine ≥ t} / #genuine.
/// Everything here is exact for the scores it was made from, ties included; see <see cref="Resolution"/> for how those were rounded.</remarks>
#pragma warning disable CA1710 // A curve is called a curve.
public sealed class RocCurve : IReadOnlyList<RocPoint>
#pragma warning restore CA1710
{
    private readonly double[] _scores;
    private readonly long[] _genuine;
    private readonly long[] _impostor;

    /// <summary>From the different scores, highest first, and the pairs at each; the curve keeps the arrays.</summary>
    internal RocCurve(double[] scores, long[] genuine, long[] impostor, double resolution)
    {
        for (int i = 1; i < scores.Length; i++)
        {
            genuine[i] += genuine[i - 1];
            impostor[i] += impostor[i - 1];
        }

        (_scores, _genuine, _impostor, Resolution) = (scores, genuine, impostor, resolution);
    }

    /// <summary>Number of genuine pairs: two pictures of one person.</summary>
    public long GenuineCount => _genuine[^1];

    /// <summary>Number of impostor pairs: pictures of two persons.</summary>
    public long ImpostorCount => _impostor[^1];

    /// <summary>The step the scores were rounded to; 0 where they were taken as given.</summary>
    public double Resolution { get; }

    /// <summary>Number of vertices: one more than there are different scores.</summary>
    public int Count => _scores.Length + 1;

    /// <summary>The vertex at <paramref name="index"/>; both rates rise from vertex to vertex.</summary>
    public RocPoint this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return index == 0
                ? new(double.PositiveInfinity, 0, 0)
                : new(_scores[index - 1], (double)_impostor[index - 1] / ImpostorCount, (double)_genuine[index - 1] / GenuineCount);
        }
    }

    /// <summary>Area under the curve: the probability that a genuine pair scores above an impostor pair, ties counted half (the
    /// Mann–Whitney statistic, exact).</summary>
    public double AreaUnderCurve
    {
        get
        {
            Int128 halves = 0;
            (long genuine, long impostor) = (0, 0);
            for (int i = 0; i < _scores.Length; i++)
            {
                // The impostors below this score, and those not above it.
                halves += Math.BigMul(_genuine[i] - genuine, ImpostorCount - _impostor[i] + ImpostorCount - impostor);
                (genuine, impostor) = (_genuine[i], _impostor[i]);
            }

            return (double)halves / 2 / ((double)GenuineCount * ImpostorCount);
        }
    }

    /// <summary>Equal error rate: where the curve, its vertices joined by straight lines, meets FAR = 1 − TAR. 0..1.</summary>
    public double EqualErrorRate
    {
        get
        {
            RocPoint before = default, after = this[0];
            for (int i = 1; Excess(after) < 0; i++)
            {
                (before, after) = (after, this[i]);
            }

            double missing = 1 - before.FalseAcceptRate - before.TrueAcceptRate;
            double share = missing / (missing + Excess(after));
            return before.FalseAcceptRate + (share * (after.FalseAcceptRate - before.FalseAcceptRate));

            static double Excess(RocPoint point) => point.FalseAcceptRate + point.TrueAcceptRate - 1;
        }
    }

    /// <summary>The curve of the given scores, taken as they are.</summary>
    /// <param name="scores">A similarity for each pair, higher for more alike.</param>
    /// <param name="same">Whether the pair shows one person.</param>
    /// <exception cref="ArgumentException">Lengths differ, a score is not finite, or genuine or impostor pairs are missing.</exception>
    public static RocCurve FromScores(ReadOnlySpan<double> scores, ReadOnlySpan<bool> same)
    {
        ArgumentException.ThrowIf(
            scores.Length != same.Length, $"{same.Length} flags for {scores.Length} scores: give one for each.", nameof(same));
        for (int i = 0; i < scores.Length; i++)
        {
            ArgumentException.ThrowIf(!double.IsFinite(scores[i]), $"scores[{i}] is {scores[i]}: scores must be finite.", nameof(scores));
        }

        RequireBoth(same.Count(true), same.Count(false), nameof(same));
        return FromScores(scores.ToArray(), same.ToArray(), 0);
    }

    /// <summary>The curve of checked scores, whose arrays are sorted in place.</summary>
    internal static RocCurve FromScores(double[] scores, bool[] same, double resolution)
    {
        Array.Sort(scores, same);
        double[] levels = [.. scores.Where((score, i) => i == 0 || score != scores[i - 1]).Reverse()];
        long[] genuine = new long[levels.Length], impostor = new long[levels.Length];
        for (int i = scores.Length - 1, level = 0; i >= 0; i--)
        {
            level += scores[i] == levels[level] ? 0 : 1;
            (same[i] ? genuine : impostor)[level]++;
        }

        return new(levels, genuine, impostor, resolution);
    }

    internal static void RequireBoth(long genuine, long impostor, string name)
    {
        string missing = genuine == 0 ? "genuine pairs (one person twice)" : "impostor pairs (two persons)";
        ArgumentException.ThrowIf(
            genuine == 0 || impostor == 0, $"{name} gives {genuine} genuine and {impostor} impostor pairs: add {missing}.", name);
    }

    /// <summary>TAR at the largest FAR that is not above <paramref name="falseAcceptRate"/>. 0..1.</summary>
    /// <remarks>A rate below one in <see cref="ImpostorCount"/> cannot be measured: <see cref="OperatingPointAt"/> says what can be said.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not in 0..1.</exception>
    public double TrueAcceptRateAt(double falseAcceptRate) => OperatingPointAt(falseAcceptRate).TrueAcceptRate;

    /// <summary>The threshold for a false-accept rate, what it gives, and how many impostors support it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not in 0..1.</exception>
    public OperatingPoint OperatingPointAt(double falseAcceptRate)
    {
        Guard.RequireRate(falseAcceptRate);
        int refused = Array.FindIndex(_impostor, count => (double)count / ImpostorCount > falseAcceptRate);
        int accepted = refused < 0 ? _scores.Length : refused;

        // The first level left out has impostors in it, else it would have been let in: the threshold is theirs.
        double threshold = accepted == _scores.Length
            ? _scores[^1] - (Resolution / 2)
            : Math.Max(Math.BitIncrement(_scores[accepted]), _scores[accepted] + (Resolution / 2));
        return Point(falseAcceptRate, threshold, accepted);
    }

    /// <summary>What a threshold gives: every score of at least it is accepted, and the rate is the measured one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is NaN.</exception>
    public OperatingPoint At(double threshold)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(threshold, double.NaN);
        int below = Array.FindIndex(_scores, score => score < threshold), accepted = below < 0 ? _scores.Length : below;
        return Point(accepted == 0 ? 0 : (double)_impostor[accepted - 1] / ImpostorCount, threshold, accepted);
    }

    /// <summary>The vertices, from (0, 0) to (1, 1).</summary>
    public IEnumerator<RocPoint> GetEnumerator() => Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The curve's figures as a table.</summary>
    public override string ToString()
    {
        var table = new TextTable($"ROC of {TextTable.Count(GenuineCount)} genuine and {TextTable.Count(ImpostorCount)} impostor pairs");
        AddRows(table);
        return table.ToString();
    }

    internal void AddRows(TextTable table)
    {
        table.Row("area under the ROC curve", TextTable.Number(AreaUnderCurve, 5));
        table.Row("equal error rate", TextTable.Percent(EqualErrorRate));
        for (double rate = 0.1; rate >= 1.0 / ImpostorCount && rate > 1e-7; rate = Math.Round(rate / 10, 7))
        {
            OperatingPoint point = OperatingPointAt(rate);
            string threshold = $"threshold {TextTable.Number(point.Threshold)}";
            table.Row($"TAR at FAR {TextTable.Rate(rate)}", TextTable.Percent(point.TrueAcceptRate), threshold);
        }
    }

    private OperatingPoint Point(double rate, double threshold, int accepted)
    {
        (long genuine, long impostors) = accepted == 0 ? (0, 0) : (_genuine[accepted - 1], _impostor[accepted - 1]);
        return OperatingPoint.Create(rate, threshold, (double)genuine / GenuineCount, impostors, ImpostorCount, "impostor pairs");
    }
}

/// <summary>One vertex of a ROC curve: what happens when every score of at least the threshold is accepted.</summary>
/// <param name="Threshold">The lowest score that is accepted; +∞ at the first vertex, where nothing is.</param>
/// <param name="FalseAcceptRate">Share of the impostor pairs accepted (FAR, also false match rate), 0..1.</param>
/// <param name="TrueAcceptRate">Share of the genuine pairs accepted (TAR), 0..1.</param>
public readonly record struct RocPoint(double Threshold, double FalseAcceptRate, double TrueAcceptRate);
