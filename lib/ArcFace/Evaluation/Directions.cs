using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ArcFace.Losses;

namespace ArcFace.Evaluation;

/// <summary>Embeddings as points of the unit sphere, and the cosines between them.</summary>
/// <remarks>All of it in float64, and what differs by less than <see cref="Grid"/> is equal: two pairs at the same angle then have the same
/// score, whatever order their rows came in and however a product happened to be summed.</remarks>
internal static class Directions
{
    /// <summary>The step of the scores, 2⁻⁴⁰: far above the rounding of float64, far below what float32 embeddings resolve.</summary>
    public const double Grid = 1.0 / (1L << 40);

    // Directions that cancel leave a sum of rounding errors, which must not pass for a direction.
    private const double ShortestMean = 1e-9;

    private const long ElementsPerBlock = 1 << 20; // 8 MB

    /// <summary>The rows, each divided by its length: [N, D], float64.</summary>
    /// <exception cref="ArgumentException">A row is not finite, or has length zero and so no direction.</exception>
    public static Tensor Of(Tensor rows, [CallerArgumentExpression(nameof(rows))] string name = "")
    {
        using var scope = NewDisposeScope();
        Tensor unit = empty(rows.shape, ScalarType.Float64, DeviceFor(rows));
        foreach ((long from, long to) in Blocks(rows.shape[0], rows.shape[1]))
        {
            using var block = NewDisposeScope();
            unit.slice(0, from, to, 1).copy_(Of(rows, from, to, name));
        }

        return unit.MoveToOuterDisposeScope();
    }

    /// <summary>The rows <paramref name="from"/> to <paramref name="to"/> (exclusive), each divided by its length, float64.</summary>
    public static Tensor Of(Tensor rows, long from, long to, string name)
    {
        using var scope = NewDisposeScope();
        Tensor block = rows.slice(0, from, to, 1).detach().to(DeviceFor(rows)).to(ScalarType.Float64);

        // Divided by the largest element first: the length of a very long or very short row is then in range.
        Tensor largest = block.abs().amax([1], keepdim: true);
        double[] values = ToArray(largest);
        int wrong = Array.FindIndex(values, value => !double.IsFinite(value) || value == 0);
        string what = wrong >= 0 && values[wrong] == 0 ? "has length zero, which is no direction" : "is not finite";
        ArgumentException.ThrowIf(
            wrong >= 0, $"{name}: the embedding in row {from + wrong} {what}; leave it out or repair the model.", name);
        block = block / largest;
        return block.div_(UnitVectors.Lengths(block, keepdim: true)).MoveToOuterDisposeScope();
    }

    /// <summary>The mean of each class's rows, normalised: [C, D]. The rows [N, D] are float64 and of length one, every class has one.</summary>
    public static Tensor Centers(Tensor unit, int[] classOfRow, long[] labels, string name)
    {
        using var scope = NewDisposeScope();
        Tensor index = tensor(Array.ConvertAll(classOfRow, one => (long)one), device: unit.device);
        Tensor sums = zeros([labels.Length, unit.shape[1]], ScalarType.Float64, unit.device).AddRowsInPlace(index, unit);
        Tensor lengths = UnitVectors.Lengths(sums);
        int cancelled = Array.FindIndex(ToArray(lengths), length => length < ShortestMean);
        ArgumentException.ThrowIf(cancelled >= 0,
            $"{name}: the embeddings of class {labels[cancelled]} cancel out, their mean has no direction; leave one out.", name);
        return sums.div_(lengths.unsqueeze(1)).MoveToOuterDisposeScope();
    }

    /// <summary>cos θ of each row of <paramref name="left"/> with the same row of <paramref name="right"/>, on the grid.</summary>
    public static double[] PairCosines(Tensor left, Tensor right)
    {
        double[] cosines = PerRow(left.shape[0], left.shape[1], (from, to) =>
        {
            Tensor a = Of(left, from, to, nameof(left));
            return (a * Of(right, from, to, nameof(right)).to(a.device)).sum(1);
        });
        return Array.ConvertAll(cosines, OnGrid);
    }

    /// <summary>A number for each row, float64, of which <paramref name="compute"/> makes a block at a time.</summary>
    public static double[] PerRow(long rows, long columns, Func<long, long, Tensor> compute)
    {
        var numbers = new double[rows];
        foreach ((long from, long to) in Blocks(rows, columns))
        {
            using var block = NewDisposeScope();
            ToArray(compute(from, to)).CopyTo(numbers, from);
        }

        return numbers;
    }

    /// <summary>Cosines of all rows of one with all rows of the other, as computed and in CPU memory: [N, M].</summary>
    public static Tensor Cosines(Tensor unitRows, Tensor unitColumns) =>
        WrappedTensorDisposeScope(() => unitRows.matmul(unitColumns.t()).cpu().contiguous());

    /// <summary>The values of a contiguous float64 tensor in CPU memory, as long as it lives.</summary>
    public static Span<double> Values(Tensor tensor) => MemoryMarshal.Cast<byte, double>(tensor.bytes);

    /// <summary>The nearest multiple of <see cref="Grid"/>.</summary>
    public static double OnGrid(double cosine) => Math.Round(cosine / Grid) * Grid;

    /// <summary>The angle between each row of two matrices of unit rows, in degrees: [N].</summary>
    /// <remarks>2·atan2(‖a − b‖, ‖a + b‖), exact to the last digits also near 0° and 180°, where acos loses half of them.</remarks>
    public static Tensor Degrees(Tensor unitA, Tensor unitB)
    {
        using var scope = NewDisposeScope();
        Tensor apart = UnitVectors.Lengths(unitA - unitB);
        Tensor together = UnitVectors.Lengths(unitA.Plus(unitB));
        return atan2(apart, together).Times(2 * 180 / Math.PI).MoveToOuterDisposeScope();
    }

    /// <summary>A float64 tensor's values in C# memory.</summary>
    public static double[] ToArray(Tensor values)
    {
        using var scope = NewDisposeScope();
        return values.cpu().contiguous().data<double>().ToArray();
    }

    /// <summary>Ranges of rows that cover <paramref name="rows"/> rows, each of a size that stays in the cache.</summary>
    public static IEnumerable<(long From, long To)> Blocks(long rows, long columns)
    {
        long step = Math.Max(1, ElementsPerBlock / columns);
        for (long from = 0; from < rows; from += step)
        {
            yield return (from, Math.Min(rows, from + step));
        }
    }

    // Apple's GPU has no float64.
    private static Device DeviceFor(Tensor rows) => rows.device_type == DeviceType.MPS ? CPU : rows.device;
}
