using System.Collections;
using static TorchSharp.torch;

namespace ArcFace.Notebooks;

/// <summary>What a reader's code or an exercise gives: numbers, row by row, and their shape; a single number has the shape [].</summary>
internal sealed record Answer(double[] Values, long[] Shape)
{
    /// <summary>The matrix [rows, columns] whose elements are <paramref name="element"/>(row, column).</summary>
    public static Answer Matrix(int rows, int columns, Func<int, int, double> element) =>
        new([.. Enumerable.Range(0, rows * columns).Select(i => element(i / columns, i % columns))], [rows, columns]);

    /// <summary>The vector [count].</summary>
    public static Answer Vector(int count, Func<int, double> element) => new([.. Enumerable.Range(0, count).Select(element)], [count]);

    /// <summary>A number of any type, a sequence of such, or a tensor; null if it is none of these.</summary>
    public static Answer? Of(object? given) => given switch
    {
        Answer answer => answer,
        Tensor tensor => new(tensor.ToDoubles(), tensor.shape),
        string => null,
        IConvertible number => new([Convert.ToDouble(number, null)], []),
        IEnumerable items => items.Cast<object>().Select(Of).ToArray() is var all && all.All(item => item is not null)
            ? new([.. all.SelectMany(item => item!.Values)], [all.Length]) : null,
        _ => null,
    };

    /// <summary>The numbers alone.</summary>
    public static double[] Numbers(object given) =>
        Of(given)?.Values ?? throw new ArgumentException($"a {given.GetType().Name} is no number, sequence of numbers or tensor", nameof(given));

    /// <summary>One element of a matrix.</summary>
    public double this[int row, int column] => Values[(row * Shape[1]) + column];

    /// <summary>Whether both are the same up to a tolerance relative to the largest number of <paramref name="other"/>.</summary>
    public bool Is(Answer other, double tolerance)
    {
        double scale = other.Values.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(1).Max();
        return HasShapeOf(other) && Values.Zip(other.Values).All(p => p.First.Equals(p.Second) || Math.Abs(p.First - p.Second) <= tolerance * scale);
    }

    /// <summary>Whether the shapes are the same; of a single number the shape does not count.</summary>
    public bool HasShapeOf(Answer other) => Values.Length == other.Values.Length && (Values.Length == 1 || Shape.SequenceEqual(other.Shape));

    /// <summary>Whether these are the whole numbers that are left of <paramref name="other"/>'s when a division drops its rest.</summary>
    public bool IsCutOff(Answer other) =>
        HasShapeOf(other) && (Values.Zip(other.Values).All(p => p.First == Math.Truncate(p.Second)) || Values.All(v => v == 0));
}
