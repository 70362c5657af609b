namespace ArcFace.Evaluation;

/// <summary>How often the person on a probe is found in a gallery, and how often a stranger is taken for somebody in it.</summary>
public sealed record IdentificationReport
{
    private static readonly int[] PrintedRanks = [1, 5, 10, 100];

    private readonly double[] _cumulative;
    private readonly double[] _detected;
    private readonly double[] _alarms;

    internal IdentificationReport(int[] ranks, double[] scores, double[] alarms, int persons, int pictures)
    {
        (PersonCount, GalleryCount, ProbeCount) = (persons, pictures, ranks.Length);
        _cumulative = new double[persons];
        Dictionary<int, int> atRank = ranks.CountBy(rank => rank).ToDictionary();
        for (int rank = 1, found = 0; rank <= persons; rank++)
        {
            found += atRank.GetValueOrDefault(rank);
            _cumulative[rank - 1] = (double)found / ranks.Length;
        }

        _detected = [.. scores.Where((_, i) => ranks[i] == 1).OrderDescending()];
        _alarms = [.. alarms.OrderDescending()];
    }

    /// <summary>Number of persons in the gallery.</summary>
    public int PersonCount { get; }

    /// <summary>Number of pictures in the gallery.</summary>
    public int GalleryCount { get; }

    /// <summary>Number of probes of people in the gallery.</summary>
    public int ProbeCount { get; }

    /// <summary>Number of probes of people who are not in the gallery.</summary>
    public int StrangerCount => _alarms.Length;

    /// <summary>Cumulative match characteristic: the element at index k − 1 is <see cref="RankRate"/> of k.</summary>
    public IReadOnlyList<double> CumulativeMatch => _cumulative;

    /// <summary>Share of the probes whose person is among the <paramref name="k"/> best, 0..1.</summary>
    /// <param name="k">At least 1; from the number of persons on, the rate is 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is below 1.</exception>
    public double RankRate(int k)
    {
        ArgumentOutOfRangeException.ThrowIf(k < 1, $"rank {k}: the best match has rank 1.", nameof(k), k);
        return _cumulative[Math.Min(k, PersonCount) - 1];
    }

    /// <summary>Detection and identification rate: share of the probes of enrolled people whose person is first and scores at least the
    /// threshold that lets no more than <paramref name="falseAlarmRate"/> of the strangers' best scores pass. 0..1.</summary>
    /// <remarks>Phillips, Grother, Micheals, "Evaluation methods in face recognition", Handbook of Face Recognition (2011).</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not in 0..1.</exception>
    /// <exception cref="InvalidOperationException">All probes are of people in the gallery.</exception>
    public double DetectionAndIdentificationRateAt(double falseAlarmRate) => OpenSetPointAt(falseAlarmRate).TrueAcceptRate;

    /// <summary>The threshold for a false-alarm rate, its detection and identification rate, and how many strangers support it.</summary>
    /// <inheritdoc cref="DetectionAndIdentificationRateAt"/>
    public OperatingPoint OpenSetPointAt(double falseAlarmRate)
    {
        Guard.RequireRate(falseAlarmRate);
        if (StrangerCount == 0)
        {
            throw new InvalidOperationException(
                "All probes are of people in the gallery, so nobody can raise a false alarm: add probes of people who are not enrolled.");
        }

        // As many strangers as the rate allows, less those who tie with the first one refused.
        int refused = Enumerable.Range(1, _alarms.Length).TakeWhile(count => (double)count / _alarms.Length <= falseAlarmRate).Count();
        double threshold = refused == _alarms.Length ? -1 : _alarms[refused] + (Directions.Grid / 2);
        double identified = (double)_detected.Count(score => score >= threshold) / ProbeCount;
        int alarms = _alarms.Count(score => score >= threshold);
        return OperatingPoint.Create(falseAlarmRate, threshold, identified, alarms, StrangerCount, "probes of people not enrolled");
    }

    /// <summary>The report as a table.</summary>
    public override string ToString()
    {
        var table = new TextTable($"Identification of {TextTable.Count(ProbeCount)} probes among {TextTable.Count(PersonCount)} persons");
        foreach (int rank in PrintedRanks.Where(rank => rank == 1 || rank < PersonCount))
        {
            table.Row($"rank {rank}", TextTable.Percent(RankRate(rank)));
        }

        for (double rate = 0.1; StrangerCount > 0 && rate >= 1.0 / StrangerCount; rate = Math.Round(rate / 10, 7))
        {
            OperatingPoint point = OpenSetPointAt(rate);
            string threshold = $"threshold {TextTable.Number(point.Threshold)}";
            table.Row($"DIR at false alarms {TextTable.Rate(rate)}", TextTable.Percent(point.TrueAcceptRate), threshold);
        }

        return table.ToString();
    }
}
