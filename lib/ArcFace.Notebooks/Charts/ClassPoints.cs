using static TorchSharp.torch;

namespace ArcFace.Notebooks.Charts;

/// <summary>Embeddings of a few dimensions as points, class by class: two for a plane, three for the sphere.</summary>
internal sealed class ClassPoints
{
    private readonly double[][] _rows;
    private readonly long[] _labels;
    private readonly double[][]? _weight;

    /// <summary>Takes embeddings [N, D], labels [N] of 0..C − 1, and class weights [C, D] or null.</summary>
    public ClassPoints(Tensor embeddings, Tensor labels, int classCount, int dimensions, Tensor? weight = null)
    {
        Guard.RequireRows(embeddings);
        ArgumentException.ThrowIf(embeddings.shape[1] != dimensions,
            $"embeddings have the shape {Guard.Shape(embeddings)}; this figure shows [N, {dimensions}]", nameof(embeddings));
        _labels = Guard.Labels(labels, embeddings.shape[0]);
        Guard.RequireClasses(labels, classCount);
        ArgumentException.ThrowIf(weight is not null && !weight.shape.SequenceEqual([classCount, dimensions]),
            $"weight has the shape {Guard.Shape(weight!)}; give one row of {dimensions} for each of {classCount} classes",
            nameof(weight));
        _rows = [.. embeddings.ToDoubles().Chunk(dimensions)];
        _weight = weight is null ? null : [.. weight.ToDoubles().Chunk(dimensions)];
    }

    /// <summary>Length of the longest embedding.</summary>
    public double Radius => _rows.Max(Length);

    /// <summary>The embeddings of one class.</summary>
    public double[][] Of(int label) => [.. _rows.Where((_, i) => _labels[i] == label)];

    /// <summary>The same, each divided by its length.</summary>
    public double[][] DirectionsOf(int label) => [.. Of(label).Where(row => Length(row) > 0).Select(Unit)];

    /// <summary>The direction of the class's weight, or without weights of the mean of its directions; null if it has none.</summary>
    public double[]? RayOf(int label)
    {
        double[][] directions = _weight is null ? DirectionsOf(label) : [_weight[label]];
        double[] mean = [.. Enumerable.Range(0, _rows[0].Length).Select(k => directions.Select(row => row[k]).DefaultIfEmpty().Average())];
        return Length(mean) > 0 ? Unit(mean) : null;
    }

    private static double Length(double[] row) => Math.Sqrt(row.Sum(value => value * value));

    private static double[] Unit(double[] row)
    {
        double length = Length(row);
        return [.. row.Select(value => value / length)];
    }
}
