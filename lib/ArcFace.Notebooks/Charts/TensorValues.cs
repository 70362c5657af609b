using static TorchSharp.torch;

namespace ArcFace.Notebooks.Charts;

/// <summary>Tensors as arrays, for what draws and prints.</summary>
public static class TensorValues
{
    /// <summary>The elements of a tensor of any numeric type, shape and device, row by row, as double-precision numbers.</summary>
    public static double[] ToDoubles(this Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().cpu().to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }

    /// <summary>One column of a matrix [N, D] as double-precision numbers.</summary>
    /// <exception cref="ArgumentException">The tensor is no matrix, or has no such column.</exception>
    public static double[] Column(this Tensor matrix, long column)
    {
        ArgumentException.ThrowIf(
            matrix.dim() != 2 || column < 0 || column >= matrix.shape[1],
            $"a tensor of shape {Guard.Shape(matrix)} has no column {column}", nameof(column));
        using var scope = NewDisposeScope();
        return matrix.select(1, column).ToDoubles();
    }
}
