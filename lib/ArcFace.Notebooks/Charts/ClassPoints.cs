using static TorchSharp.torch;

namespace ArcFace.Notebooks.Charts;

/// <summary>Embeddings of a few dimensions as points, class by class.</summary>
internal sealed class ClassPoints
{
    private readonly double[][] _rows;
    private readonly int[] _labels;
    private readonly double[][]? _weight;

    /// <param name="embeddings">Points, [N, <paramref name="dimensions"/>].</param>
    /// <param name="labels">The class of each, 0..C − 1, [N].</param>
    /// <param name="classCount">C.</param>
    /// <param name="dimensions">Two for a plane, three for the sphere.</param>
    /// <param name="weight">Class weights, [C, <paramref name="dimensions"/>], or null.</param>
    /// <exception cref="ArgumentException">Shapes do not fit, or a label is outside the classes.</exception>
    public ClassPoints(Tensor embeddings, Tensor labels, int classCount, int dimensions, Tensor? weight = null)
    {
        if (embeddings.dim() != 2 || embeddings.shape[1] != dimensions || embeddings.shape[0] == 0)
        {
            throw new ArgumentException(
                $"embeddings have the shape [{string.Join(", ", embeddings.shape)}]; this figure shows [N, {dimensions}], N at least 1",
                nameof(embeddings));
        }

        if (labels.dim() != 1 || labels.shape[0] != embeddings.shape[0])
        {
            throw new ArgumentException(
                $"labels have the shape [{string.Join(", ", labels.shape)}]; give one label for each of {embeddings.shape[0]} embeddings",
                nameof(labels));
        }

        if (weight is not null && !weight.shape.SequenceEqual([classCount, dimensions]))
        {
            throw new ArgumentException(
                $"weight has the shape [{string.Join(", ", weight.shape)}]; give one row of {dimensions} for each of {classCount} classes",
                nameof(weight));
        }

        _rows = [.. embeddings.ToDoubles().Chunk(dimensions)];
        _weight = weight is null ? null : [.. weight.ToDoubles().Chunk(dimensions)];
        _labels = [.. labels.ToDoubles().Select(label => (int)label)];
        int wrong = Array.FindIndex(_labels, label => label < 0 || label >= classCount);
        if (wrong >= 0)
        {
            throw new ArgumentException(
                $"class label {_labels[wrong]} is outside 0..{classCount - 1} ({classCount} classes)", nameof(labels));
        }
    }

    /// <summary>Length of the longest embedding.</summary>
    public double Radius => _rows.Max(Length);

    /// <summary>The embeddings of one class.</summary>
    public double[][] Of(int label) => [.. _rows.Where((_, i) => _labels[i] == label)];

    /// <summary>The same, each divided by its length.</summary>
    public double[][] DirectionsOf(int label) => [.. Of(label).Where(row => Length(row) > 0).Select(Unit)];

    /// <summary>The direction of the class's weight, or without weights of its center; null if it has none.</summary>
    public double[]? RayOf(int label) =>
        _weight is null ? CenterOf(label) : Length(_weight[label]) > 0 ? Unit(_weight[label]) : null;

    // The mean of the class's directions.
    private double[]? CenterOf(int label)
    {
        double[][] directions = DirectionsOf(label);
        if (directions.Length == 0)
        {
            return null;
        }

        double[] mean = [.. Enumerable.Range(0, directions[0].Length).Select(k => directions.Average(row => row[k]))];
        return Length(mean) > 0 ? Unit(mean) : null;
    }

    private static double Length(double[] row) => Math.Sqrt(row.Sum(value => value * value));

    private static double[] Unit(double[] row)
    {
        double length = Length(row);
        return [.. row.Select(value => value / length)];
    }
}
