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

    private delegate void RowOfScores(ReadOnlySpan<double> cosines, long person, ReadOnlySpan<long> others);

    private static RocCurve Count(Tensor left, long[] leftPersons, Tensor right, long[] rightPersons, bool onlyAbove)
    {
        long pairs = onlyAbove ? (long)leftPersons.Length * (leftPersons.Length - 1) / 2 : (long)leftPersons.Length * rightPersons.Length;
        if (pairs <= ExactPairs)
        {
            (double[] scores, bool[] same, int count) = (new double[pairs], new bool[pairs], 0);
            ForEachRow(left, leftPersons, right, rightPersons, onlyAbove, (cosines, person, others) =>
            {
                for (int i = 0; i < cosines.Length; i++)
                {
                    scores[count] = Directions.OnGrid(cosines[i]);
                    same[count++] = others[i] == person;
                }
            });
            return RocCurve.FromScores(scores, same, Directions.Grid);
        }

        // The highest score first; those without a pair are left out, for the vertices of a curve must differ.
        long[] genuine = new long[(2 * CoarseStepsPerUnit) + 1], impostor = new long[genuine.Length];
        ForEachRow(left, leftPersons, right, rightPersons, onlyAbove, (cosines, person, others) =>
        {
            for (int i = 0; i < cosines.Length; i++)
            {
                int level = CoarseStepsPerUnit - (int)Math.Round(cosines[i] * CoarseStepsPerUnit);
                (others[i] == person ? genuine : impostor)[level]++;
            }
        });
        int[] levels = [.. Enumerable.Range(0, genuine.Length).Where(level => (genuine[level] | impostor[level]) != 0)];
        T[] There<T>(Func<int, T> at) => Array.ConvertAll(levels, level => at(level));
        return new(There(level => (double)(CoarseStepsPerUnit - level) / CoarseStepsPerUnit), There(level => genuine[level]),
            There(level => impostor[level]), 1.0 / CoarseStepsPerUnit);
    }

    private static void ForEachRow(
        Tensor left, long[] leftPersons, Tensor right, long[] rightPersons, bool onlyAbove, RowOfScores visit)
    {
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
                visit(rowValues[start..], leftPersons[row], columns[start..]);
            }
        }
    }
}
