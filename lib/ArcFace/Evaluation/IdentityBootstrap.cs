namespace ArcFace.Evaluation;

/// <summary>Pairs that can be weighted by how often their people are drawn.</summary>
internal sealed class IdentityBootstrap
{
    private readonly Pair[] _pairs;
    private readonly int _persons;

    // The levels of one drawing and the pairs at each: reused, for a thousand drawings are usual.
    private readonly double[] _scores;
    private readonly long[] _genuine;
    private readonly long[] _impostor;

    public IdentityBootstrap(double[] scores, bool[] same, bool[] decidedRightly, long[] leftPersons, long[] rightPersons)
    {
        // People in the order of their labels: the order of the pairs then plays no part in what is drawn.
        long[] persons = [.. leftPersons.Concat(rightPersons).Distinct().Order()];
        _persons = persons.Length;
        int Place(long person) => Array.BinarySearch(persons, person);

        // Highest score first, as a curve takes them.
        _pairs = [.. scores.Select((score, i) => new Pair(score, same[i], decidedRightly[i], Place(leftPersons[i]), Place(rightPersons[i])))];
        Array.Sort(_pairs, (a, b) => b.Score.CompareTo(a.Score));
        (_scores, _genuine, _impostor) = (new double[scores.Length], new long[scores.Length], new long[scores.Length]);
    }

    public VerificationIntervals Run(BootstrapOptions options)
    {
        double[] estimate = Figures([.. Enumerable.Repeat(1, _persons)], options)!;
        var random = new Random(options.Seed);
        var replicates = new List<double[]>();

        // Ends soon: even of one genuine and one impostor pair of three people, two drawings in nine have both.
        while (replicates.Count < options.Replicates)
        {
            var times = new int[_persons];
            for (int i = 0; i < _persons; i++)
            {
                times[random.Next(_persons)]++;
            }

            if (Figures(times, options) is { } figures)
            {
                replicates.Add(figures);
            }
        }

        double tail = (1 - options.Confidence) / 2;
        ConfidenceInterval[] intervals = [.. estimate.Select((value, i) => Interval(value, [.. replicates.Select(one => one[i]).Order()], tail))];
        return new(options.FalseAcceptRates.Select((rate, i) => (rate, intervals[i + 3])).DistinctBy(pair => pair.rate).ToDictionary())
        {
            Accuracy = intervals[0],
            AreaUnderCurve = intervals[1],
            EqualErrorRate = intervals[2],
            IdentityCount = _persons,
            Options = options,
        };
    }

    private double[]? Figures(int[] times, BootstrapOptions options)
    {
        int levels = 0;
        (long genuinePairs, long pairs, long right) = (0, 0, 0);
        foreach (Pair pair in _pairs)
        {
            long weight = pair.Same ? times[pair.Left] : (long)times[pair.Left] * times[pair.Right];
            if (weight == 0)
            {
                continue;
            }

            if (levels == 0 || _scores[levels - 1] != pair.Score)
            {
                (_scores[levels], _genuine[levels], _impostor[levels]) = (pair.Score, 0, 0);
                levels++;
            }

            (pair.Same ? _genuine : _impostor)[levels - 1] += weight;
            genuinePairs += pair.Same ? weight : 0;
            pairs += weight;
            right += pair.DecidedRightly ? weight : 0;
        }

        if (genuinePairs == 0 || genuinePairs == pairs)
        {
            return null;
        }

        var curve = new RocCurve(_scores[..levels], _genuine[..levels], _impostor[..levels], Directions.Grid);
        IEnumerable<double> trueAcceptRates = options.FalseAcceptRates.Select(curve.TrueAcceptRateAt);
        return [(double)right / pairs, curve.AreaUnderCurve, curve.EqualErrorRate, .. trueAcceptRates];
    }

    private static ConfidenceInterval Interval(double estimate, double[] ascending, double tail) =>
        new(estimate, Percentile(ascending, tail), Percentile(ascending, 1 - tail));

    private static double Percentile(double[] ascending, double share)
    {
        double position = share * (ascending.Length - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, ascending.Length - 1);
        return double.Lerp(ascending[below], ascending[above], position - below);
    }

    private readonly record struct Pair(double Score, bool Same, bool DecidedRightly, int Left, int Right);
}
