namespace ArcFace.Evaluation;

/// <summary>Pairs that can be weighted by how often their people are drawn.</summary>
internal sealed class IdentityBootstrap
{
    private readonly bool[] _same;
    private readonly bool[] _decidedRightly;
    private readonly int[] _left;
    private readonly int[] _right;
    private readonly int[] _levelOfPair;
    private readonly int _persons;
    private readonly double[] _levels;

    public IdentityBootstrap(double[] scores, bool[] same, bool[] decidedRightly, long[] leftPersons, long[] rightPersons)
    {
        // People in the order of their labels: the order of the pairs then plays no part in what is drawn.
        long[] persons = [.. leftPersons.Concat(rightPersons).Distinct().Order()];
        _persons = persons.Length;
        double[] ascending = [.. scores.Distinct().Order()];
        _levels = [.. ascending.Reverse()];
        _levelOfPair = Array.ConvertAll(scores, score => ascending.Length - 1 - Array.BinarySearch(ascending, score));
        _left = Array.ConvertAll(leftPersons, person => Array.BinarySearch(persons, person));
        _right = Array.ConvertAll(rightPersons, person => Array.BinarySearch(persons, person));
        (_same, _decidedRightly) = (same, decidedRightly);
    }

    public VerificationIntervals Run(BootstrapOptions options)
    {
        double[] estimate = Figures([.. Enumerable.Repeat(1, _persons)], options)!;
        var random = new Random(options.Seed);
        var replicates = new List<double[]>();

        // Ends soon: even of one genuine and one impostor pair of three people, two drawings in nine have both.
        while (replicates.Count < options.Replicates)
        {
            if (Figures(Draw(random), options) is { } figures)
            {
                replicates.Add(figures);
            }
        }

        ConfidenceInterval[] intervals =
            [.. estimate.Select((value, i) => Interval(value, [.. replicates.Select(one => one[i]).Order()], options.Confidence))];
        return new(options.FalseAcceptRates.Select((rate, i) => (rate, intervals[i + 3])).DistinctBy(pair => pair.rate).ToDictionary())
        {
            Accuracy = intervals[0],
            AreaUnderCurve = intervals[1],
            EqualErrorRate = intervals[2],
            IdentityCount = _persons,
            Options = options,
        };
    }

    private int[] Draw(Random random)
    {
        var times = new int[_persons];
        for (int i = 0; i < _persons; i++)
        {
            times[random.Next(_persons)]++;
        }

        return times;
    }

    private double[]? Figures(int[] times, BootstrapOptions options)
    {
        long[] genuine = new long[_levels.Length], impostor = new long[_levels.Length];
        long right = 0;
        for (int i = 0; i < _same.Length; i++)
        {
            long weight = _same[i] ? times[_left[i]] : (long)times[_left[i]] * times[_right[i]];
            (_same[i] ? genuine : impostor)[_levelOfPair[i]] += weight;
            right += _decidedRightly[i] ? weight : 0;
        }

        long pairs = genuine.Sum() + impostor.Sum();
        if (!genuine.Any(weight => weight > 0) || !impostor.Any(weight => weight > 0))
        {
            return null;
        }

        RocCurve curve = RocCurve.FromCounts(level => _levels[level], genuine, impostor, Directions.Grid);
        IEnumerable<double> trueAcceptRates = options.FalseAcceptRates.Select(curve.TrueAcceptRateAt);
        return [(double)right / pairs, curve.AreaUnderCurve, curve.EqualErrorRate, .. trueAcceptRates];
    }

    private static ConfidenceInterval Interval(double estimate, double[] ascending, double confidence)
    {
        double tail = (1 - confidence) / 2;
        return new(estimate, Percentile(ascending, tail), Percentile(ascending, 1 - tail));
    }

    private static double Percentile(double[] ascending, double share)
    {
        double position = share * (ascending.Length - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, ascending.Length - 1);
        return double.Lerp(ascending[below], ascending[above], position - below);
    }
}
