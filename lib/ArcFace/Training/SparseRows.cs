namespace ArcFace.Training;

/// <summary>The rows of a matrix that a sparse gradient names.</summary>
/// <param name="Rows">Row numbers [R]: each row once, in slots from the first; what is left over names row 0 and has the gradient 0.</param>
/// <param name="Values">The gradient of each slot [R, D]; of a row that the gradient names several times the sum.</param>
/// <param name="Named">The row numbers [R] as they are named; null where no row is named twice.</param>
/// <param name="Slots">For each of <paramref name="Named"/> its slot.</param>
internal sealed record SparseRows(Tensor Rows, Tensor Values, Tensor? Named, Tensor? Slots)
{
    /// <summary>The rows of a gradient; nothing waits for the device, unless that is the CPU.</summary>
    public static SparseRows Of(Tensor gradient)
    {
        var (indices, values) = (gradient.SparseIndices[0], gradient.SparseValues);
        if (indices.device_type == DeviceType.CPU && indices.diff().IsAbove(0).all().item<bool>())
        {
            return new(indices, values, null, null);
        }

        // Gradients that were added are entries side by side.
        var (sorted, order) = indices.sort();
        var slots = cat([zeros(1, ScalarType.Int64, sorted.device), sorted.diff().IsAbove(0).to(ScalarType.Int64)]).cumsum(0);
        return new(
            zeros_like(sorted).scatter_(0, slots, sorted), zeros_like(values).AddRowsInPlace(slots, values.SelectRows(order)), sorted, slots);
    }

    /// <summary>Changes these rows of several matrices, and no other, by what changes matrices [R, D] in place, each row on its own.</summary>
    public void Update(IReadOnlyList<Tensor> matrices, Action<IReadOnlyList<Tensor>> change)
    {
        var parts = matrices.Select(matrix => matrix.SelectRows(Rows)).ToList();
        change(parts);
        foreach (var (matrix, part) in matrices.Zip(parts))
        {
            matrix.index_copy_(0, Named ?? Rows, Slots is null ? part : part.SelectRows(Slots));
        }
    }
}
