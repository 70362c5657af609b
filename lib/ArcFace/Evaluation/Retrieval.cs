namespace ArcFace.Evaluation;

/// <summary>Retrieval: are a sample's nearest neighbours of its own class?</summary>
/// <remarks>For each query the others are ranked by the cosine of their angle to it, in float64; what differs by less than 2⁻⁴⁰ is equal.
/// Among equals those of other classes come first: embeddings that have collapsed to a point earn nothing, and the order of the samples
/// plays no part.</remarks>
public static class Retrieval
{
    /// <summary>Evaluates with every sample as a query among all others.</summary>
    /// <param name="embeddings">One embedding a row, [N, D], not necessarily normalised.</param>
    /// <param name="labels">The class of each, whole numbers, [N]. A class with one sample gives no query, yet is ranked.</param>
    /// <exception cref="ArgumentException">Shapes or types do not fit, an embedding is not finite or has length zero, there is only one
    /// class, or none has two samples.</exception>
    public static RetrievalReport Evaluate(Tensor embeddings, Tensor labels)
    {
        Guard.RequireRows(embeddings);
        long[] classes = Guard.Labels(labels, embeddings.shape[0]);
        Dictionary<long, int> sizes = classes.CountBy(label => label).ToDictionary();
        ArgumentException.ThrowIf(sizes.Count == 1,
            $"All labels are {classes[0]}: with one class every neighbour is right; at least 2 are needed.", nameof(labels));
        using var scope = NewDisposeScope();
        Tensor unit = Directions.Of(embeddings);
        long[] relevant = Array.ConvertAll(classes, label => sizes[label] - 1L);
        return Rank(unit, classes, relevant, unit, classes, true, nameof(labels));
    }

    /// <summary>Evaluates queries against a gallery of other samples.</summary>
    /// <param name="queries">One embedding a row, [N, D], not necessarily normalised.</param>
    /// <param name="queryLabels">The class of each, whole numbers, [N]. A query whose class the gallery lacks is left out.</param>
    /// <param name="gallery">The samples to be ranked, [M, D].</param>
    /// <param name="galleryLabels">The class of each, whole numbers, [M].</param>
    /// <exception cref="ArgumentException">Shapes or types do not fit, an embedding is not finite or has length zero, or no query has its
    /// class in the gallery.</exception>
    public static RetrievalReport Evaluate(Tensor queries, Tensor queryLabels, Tensor gallery, Tensor galleryLabels)
    {
        Guard.RequireRows(queries, gallery);
        long[] queryClasses = Guard.Labels(queryLabels, queries.shape[0]);
        long[] galleryClasses = Guard.Labels(galleryLabels, gallery.shape[0]);
        Dictionary<long, int> sizes = galleryClasses.CountBy(label => label).ToDictionary();

        using var scope = NewDisposeScope();
        Tensor unit = Directions.Of(queries);
        long[] relevant = Array.ConvertAll(queryClasses, label => (long)sizes.GetValueOrDefault(label));
        return Rank(unit, queryClasses, relevant, Directions.Of(gallery).to(unit.device), galleryClasses, false, nameof(queryLabels));
    }

    private static RetrievalReport Rank(
        Tensor queries, long[] queryClasses, long[] relevant, Tensor gallery, long[] galleryClasses, bool excludeSelf, string name)
    {
        int[] asked = [.. Enumerable.Range(0, relevant.Length).Where(query => relevant[query] > 0)];
        ArgumentException.ThrowIf(
            asked.Length == 0, "No query has another sample of its class to find: at least one class needs two samples.", name);
        Dictionary<long, int[]> members = Enumerable.Range(0, galleryClasses.Length)
            .GroupBy(column => galleryClasses[column]).ToDictionary(group => group.Key, group => group.ToArray());
        int depth = (int)relevant.Max();
        double precisionAt1 = 0, rPrecision = 0, averagePrecision = 0;
        foreach ((long from, long to) in Directions.Blocks(asked.Length, gallery.shape[0]))
        {
            using var block = NewDisposeScope();
            int[] rows = asked[(int)from..(int)to];
            Tensor rowIndex = tensor(Array.ConvertAll(rows, row => (long)row), device: queries.device);
            Tensor cosines = Directions.Cosines(queries.index_select(0, rowIndex), gallery);
            Span<double> values = Directions.Values(cosines);
            for (int i = 0; i < rows.Length; i++)
            {
                Span<double> row = values.Slice(i * galleryClasses.Length, galleryClasses.Length);
                foreach (int member in members[queryClasses[rows[i]]])
                {
                    row[member] -= Directions.Grid; // Behind its equals.
                }

                if (excludeSelf)
                {
                    row[rows[i]] = double.NegativeInfinity;
                }
            }

            long[] nearest = cosines.topk(depth, 1, true, true).indexes.data<long>().ToArray();
            for (int i = 0; i < rows.Length; i++)
            {
                long label = queryClasses[rows[i]];
                int[] ranks = [.. Enumerable.Range(1, (int)relevant[rows[i]])
                    .Where(rank => galleryClasses[nearest[((long)i * depth) + rank - 1]] == label)];
                precisionAt1 += ranks is [1, ..] ? 1 : 0;
                rPrecision += (double)ranks.Length / relevant[rows[i]];
                averagePrecision += ranks.Select((rank, before) => (before + 1.0) / rank).Sum() / relevant[rows[i]];
            }
        }

        return new()
        {
            PrecisionAt1 = precisionAt1 / asked.Length,
            RPrecision = rPrecision / asked.Length,
            MeanAveragePrecisionAtR = averagePrecision / asked.Length,
            QueryCount = asked.Length,
            LeftOutSamples = relevant.Length - asked.Length,
            LeftOutClasses = queryClasses.Where((_, query) => relevant[query] == 0).Distinct().Count(),
        };
    }
}

/// <summary>How much of its own class a sample finds among its nearest neighbours; means over the queries, 0..1.</summary>
/// <remarks>R is the number of other samples of the query's class. Source: Musgrave et al., "A Metric Learning Reality Check", ECCV 2020.</remarks>
public sealed record RetrievalReport
{
    internal RetrievalReport()
    {
    }

    /// <summary>P@1: share of the queries whose nearest neighbour is of their class.</summary>
    public double PrecisionAt1 { get; internal init; }

    /// <summary>R-precision: share of the query's class among its R nearest neighbours.</summary>
    public double RPrecision { get; internal init; }

    /// <summary>MAP@R: 1/R · Σ_{i=1..R} P(i), where P(i) is the share of the query's class among the i nearest if the i-th is of it, else
    /// 0.</summary>
    public double MeanAveragePrecisionAtR { get; internal init; }

    /// <summary>Number of queries the means are over.</summary>
    public int QueryCount { get; internal init; }

    /// <summary>Samples that gave no query, for want of another of their class.</summary>
    public int LeftOutSamples { get; internal init; }

    /// <summary>Classes of those samples.</summary>
    public int LeftOutClasses { get; internal init; }

    /// <summary>The report as a table.</summary>
    public override string ToString() => new TextTable($"Retrieval with {TextTable.Count(QueryCount)} queries")
        .Row("P@1", TextTable.Percent(PrecisionAt1))
        .Row("R-precision", TextTable.Percent(RPrecision))
        .Row("MAP@R", TextTable.Percent(MeanAveragePrecisionAtR))
        .Row("left out", $"{LeftOutSamples}", $"samples of {LeftOutClasses} classes")
        .ToString();
}
