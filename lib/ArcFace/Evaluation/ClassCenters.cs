using ArcFace.Losses;

namespace ArcFace.Evaluation;

/// <summary>The mean direction of each class's samples.</summary>
internal static class ClassCenters
{
    // Directions that cancel leave a sum of rounding errors, which must not pass for a direction.
    private const double ShortestMean = 1e-9;

    /// <summary>The mean of each class's rows, normalised: [C, D]. The rows [N, D] are float64 and of length one, every class has one.</summary>
    public static Tensor Of(Tensor unit, int[] classOfRow, long[] labels, string name)
    {
        using var scope = NewDisposeScope();
        Tensor index = tensor(Array.ConvertAll(classOfRow, one => (long)one), device: unit.device);
        Tensor sums = zeros([labels.Length, unit.shape[1]], ScalarType.Float64, unit.device).AddRowsInPlace(index, unit);
        Tensor lengths = UnitVectors.Lengths(sums);
        int cancelled = Array.FindIndex(Directions.ToArray(lengths), length => length < ShortestMean);
        ArgumentException.ThrowIf(cancelled >= 0,
            $"{name}: the embeddings of class {labels[cancelled]} cancel out, their mean has no direction; leave one out.", name);
        return sums.div_(lengths.unsqueeze(1)).MoveToOuterDisposeScope();
    }
}
