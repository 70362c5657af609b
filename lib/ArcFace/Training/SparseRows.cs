using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Training;

/// <summary>The rows of a matrix that a sparse gradient names.</summary>
/// <param name="Indices">Row numbers [R], ascending.</param>
/// <param name="Values">The gradient of each [R, D]; of a row that is named several times the sum, at the first.</param>
/// <param name="First">For each entry where its row is named first; null where no row is named twice.</param>
internal sealed record SparseRows(Tensor Indices, Tensor Values, Tensor? First)
{
    /// <summary>The rows of a gradient; nothing waits for the device, unless that is the CPU.</summary>
    public static SparseRows Of(Tensor gradient)
    {
        var (indices, values) = (gradient.SparseIndices[0], gradient.SparseValues);
        if (indices.device_type == DeviceType.CPU && indices.diff().IsAbove(0).all().item<bool>())
        {
            return new(indices, values, null);
        }

        // Gradients that were added are entries side by side.
        (var sorted, var order) = indices.sort();
        var first = searchsorted(sorted, sorted);
        return new(sorted, zeros_like(values).AddRowsInPlace(first, values.index_select(0, order)), first);
    }

    /// <summary>Changes these rows of several matrices, and no other.</summary>
    /// <param name="matrices">Matrices [C, D].</param>
    /// <param name="change">Changes matrices [R, D] in place, each row on its own.</param>
    public void Update(IReadOnlyList<Tensor> matrices, Action<IReadOnlyList<Tensor>> change)
    {
        var parts = matrices.Select(matrix => matrix.index_select(0, Indices)).ToList();
        change(parts);
        foreach (var (matrix, part) in matrices.Zip(parts))
        {
            matrix.index_copy_(0, Indices, First is null ? part : part.index_select(0, First));
        }
    }
}
