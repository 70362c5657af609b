namespace ArcFace.Evaluation;

public static partial class Verification
{
    private const long ExactPairs = 1 << 20;

    // A score is one of 2²¹ + 1 steps of 2⁻²⁰: 32 MB of counters, whatever the number of pairs.
    private const int CoarseStepsPerUnit = 1 << 20;

    /// <summary>The ROC curve of all pairs of different samples: N(N − 1)/2 of them, computed in blocks.</summary>
    /// <remarks>No score matrix is held. Up to 2²⁰ (about a million) pairs the scores are those of
    /// <see cref="Evaluate(Tensor, Tensor, Tensor, int)"/>; beyond, they are rounded to multiples of 2⁻²⁰ (about 10⁻⁶) and counted, and all
    /// figures are exact for the rounded scores. <see cref="RocCurve.Resolution"/> tells which.</remarks>
    /// <param name="embeddings">One embedding a row, [N, D].</param>
    /// <param name="labels">The person of each, whole numbers, [N].</param>
    /// <exception cref="ArgumentException">Shapes or types do not fit, an embedding is not finite or has length zero, there is only one
    /// person, or no person twice.</exception>
    public static RocCurve EvaluateAllPairs(Tensor embeddings, Tensor labels)
    {
        Guard.RequireRows(embeddings);
        long count = embeddings.shape[0];
        long[] persons = Guard.Labels(labels, count);
        long genuine = persons.CountBy(person => person).Sum(person => (long)person.Value * (person.Value - 1) / 2);
        RocCurve.RequireBoth(genuine, (count * (count - 1) / 2) - genuine, nameof(labels));

        using var scope = NewDisposeScope();
        Tensor unit = Directions.Of(embeddings);
        return Count(unit, persons, unit, persons, true);
    }

    /// <summary>The ROC curve of all pairs of a sample of one set with a sample of the other: N·M of them, computed in blocks.</summary>
    /// <param name="left">One embedding a row, [N, D].</param>
    /// <param name="leftLabels">The person of each, whole numbers, [N].</param>
    /// <param name="right">One embedding a row, [M, D].</param>
    /// <param name="rightLabels">The person of each, whole numbers, [M].</param>
    /// <inheritdoc cref="EvaluateAllPairs(Tensor, Tensor)"/>
    public static RocCurve EvaluateAllPairs(Tensor left, Tensor leftLabels, Tensor right, Tensor rightLabels)
    {
        Guard.RequireRows(left, right);
        long[] leftPersons = Guard.Labels(leftLabels, left.shape[0]);
        long[] rightPersons = Guard.Labels(rightLabels, right.shape[0]);
        Dictionary<long, int> rightCounts = rightPersons.CountBy(person => person).ToDictionary();
        long genuine = leftPersons.Sum(person => (long)rightCounts.GetValueOrDefault(person));
        RocCurve.RequireBoth(genuine, (left.shape[0] * right.shape[0]) - genuine, nameof(rightLabels));

        using var scope = NewDisposeScope();
        Tensor unitLeft = Directions.Of(left);
        return Count(unitLeft, leftPersons, Directions.Of(right).to(unitLeft.device), rightPersons, false);
    }

    private static RocCurve Count(Tensor left, long[] leftPersons, Tensor right, long[] rightPersons, bool onlyAbove)
    {
        long pairs = onlyAbove ? (long)leftPersons.Length * (leftPersons.Length - 1) / 2 : (long)leftPersons.Length * rightPersons.Length;
        IScoreSink sink = pairs <= ExactPairs ? new ScoreList((int)pairs) : new ScoreCounters();
        foreach ((long from, long to) in Directions.Blocks(left.shape[0], right.shape[0]))
        {
            using var block = NewDisposeScope();

            // Of a symmetric matrix only what lies right of the diagonal.
            long first = onlyAbove ? from : 0;
            Tensor cosines = Directions.Cosines(left.slice(0, from, to, 1), right.slice(0, first, right.shape[0], 1));
            ReadOnlySpan<double> values = Directions.Values(cosines);
            ReadOnlySpan<long> columns = rightPersons.AsSpan((int)first);
            for (long row = from; row < to; row++)
            {
                int start = onlyAbove ? (int)(row - from) + 1 : 0;
                ReadOnlySpan<double> rowValues = values.Slice((int)(row - from) * columns.Length, columns.Length);
                sink.Add(rowValues[start..], leftPersons[row], columns[start..]);
            }
        }

        return sink.ToCurve();
    }

    private interface IScoreSink
    {
        void Add(ReadOnlySpan<double> cosines, long person, ReadOnlySpan<long> others);

        RocCurve ToCurve();
    }

    private sealed class ScoreList(int pairs) : IScoreSink
    {
        private readonly double[] _scores = new double[pairs];
        private readonly bool[] _same = new bool[pairs];
        private int _count;

        public void Add(ReadOnlySpan<double> cosines, long person, ReadOnlySpan<long> others)
        {
            for (int i = 0; i < cosines.Length; i++)
            {
                _scores[_count] = Directions.OnGrid(cosines[i]);
                _same[_count++] = others[i] == person;
            }
        }

        public RocCurve ToCurve() => RocCurve.FromScores(_scores, _same, Directions.Grid);
    }

    private sealed class ScoreCounters : IScoreSink
    {
        // Genuine and impostor counter of one score lie beside each other.
        private readonly long[] _counts = new long[2 * ((2 * CoarseStepsPerUnit) + 1)];

        public void Add(ReadOnlySpan<double> cosines, long person, ReadOnlySpan<long> others)
        {
            for (int i = 0; i < cosines.Length; i++)
            {
                int level = CoarseStepsPerUnit + (int)Math.Round(cosines[i] * CoarseStepsPerUnit);
                _counts[(2 * level) + (others[i] == person ? 0 : 1)]++;
            }
        }

        public RocCurve ToCurve()
        {
            IEnumerable<int> descending = Enumerable.Range(0, _counts.Length / 2).Select(i => (_counts.Length / 2) - 1 - i);
            int[] levels = [.. descending.Where(level => (_counts[2 * level] | _counts[(2 * level) + 1]) != 0)];
            return new(
                Array.ConvertAll(levels, level => (double)(level - CoarseStepsPerUnit) / CoarseStepsPerUnit),
                Array.ConvertAll(levels, level => _counts[2 * level]),
                Array.ConvertAll(levels, level => _counts[(2 * level) + 1]),
                1.0 / CoarseStepsPerUnit);
        }
    }
}
