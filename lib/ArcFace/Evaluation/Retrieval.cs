using static TorchSharp.torch;

namespace ArcFace.Evaluation;

/// <summary>Retrieval: are a sample's nearest neighbours of its own class?</summary>
/// <remarks>
/// For each query the others are ranked by the cosine of their angle to it. Among equal cosines those of other classes come first:
/// embeddings that have collapsed to a point earn nothing, and the order of the samples plays no part.
/// </remarks>
public static class Retrieval
{
    /// <summary>Evaluates with every sample as a query among all others.</summary>
    /// <param name="embeddings">One embedding a row, [N, D], not necessarily normalised.</param>
    /// <param name="labels">The class of each, whole numbers, [N]. A class with one sample gives no query, yet is ranked.</param>
    /// <exception cref="ArgumentException">
    /// Shapes or types do not fit, an embedding is not finite or has length zero, there is only one class, or none has two samples.
    /// </exception>
    public static RetrievalReport Evaluate(Tensor embeddings, Tensor labels)
    {
        Inputs.Matrix(embeddings);
        long[] classes = Inputs.Labels(labels, embeddings.shape[0]);
        Dictionary<long, int> sizes = classes.CountBy(label => label).ToDictionary();
        if (sizes.Count == 1)
        {
            throw new ArgumentException(
                $"All labels are {classes[0]}: with one class every neighbour is right; at least 2 are needed.", nameof(labels));
        }

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
    /// <exception cref="ArgumentException">
    /// Shapes or types do not fit, an embedding is not finite or has length zero, or no query has its class in the gallery.
    /// </exception>
    public static RetrievalReport Evaluate(Tensor queries, Tensor queryLabels, Tensor gallery, Tensor galleryLabels)
    {
        Inputs.Matrix(queries);
        Inputs.Matrix(gallery);
        Inputs.SameSize(gallery, queries);
        long[] queryClasses = Inputs.Labels(queryLabels, queries.shape[0]);
        long[] galleryClasses = Inputs.Labels(galleryLabels, gallery.shape[0]);
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
        if (asked.Length == 0)
        {
            throw new ArgumentException("No query has another sample of its class to find: at least one class needs two samples.", name);
        }

        int leftOutClasses = queryClasses.Where((_, query) => relevant[query] == 0).Distinct().Count();
        Device device = queries.device;
        Tensor columnClasses = tensor(galleryClasses, device: device);
        int depth = (int)relevant.Max();
        Tensor ranks = arange(1, depth + 1, ScalarType.Float64, device);
        var sums = new double[3];
        foreach ((long from, long to) in Directions.Blocks(asked.Length, gallery.shape[0]))
        {
            using var block = NewDisposeScope();
            long[] rows = [.. asked[(int)from..(int)to].Select(row => (long)row)];
            Tensor rowIndex = tensor(rows, device: device);
            Tensor rowClasses = tensor(Array.ConvertAll(rows, row => queryClasses[row]), device: device).unsqueeze(1);
            Tensor found = tensor(Array.ConvertAll(rows, row => (double)relevant[row]), device: device);

            Tensor steps = Directions.CosineSteps(queries.index_select(0, rowIndex), gallery);
            Tensor hits = rowClasses.eq(columnClasses).to(ScalarType.Float64);
            steps.sub_(hits * 0.5); // Half a step down: behind its equals, before all else.
            if (excludeSelf)
            {
                steps.scatter_(1, rowIndex.unsqueeze(1), full([rows.Length, 1], double.NegativeInfinity, ScalarType.Float64, device));
            }

            Tensor ranked = hits.gather(1, steps.topk(depth, 1, true, true).indexes);
            Tensor within = ranked * ranks.le(found.unsqueeze(1)).to(ScalarType.Float64);
            Tensor precision = within.cumsum(1) / ranks;
            sums[0] += ranked.select(1, 0).sum().item<double>();
            sums[1] += (within.sum(1) / found).sum().item<double>();
            sums[2] += ((precision * within).sum(1) / found).sum().item<double>();
        }

        return new()
        {
            PrecisionAt1 = sums[0] / asked.Length,
            RPrecision = sums[1] / asked.Length,
            MeanAveragePrecisionAtR = sums[2] / asked.Length,
            QueryCount = asked.Length,
            LeftOutSamples = relevant.Length - asked.Length,
            LeftOutClasses = leftOutClasses,
        };
    }
}
