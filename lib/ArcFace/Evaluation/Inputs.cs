using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace ArcFace.Evaluation;

/// <summary>What every public method of this room asks of the tensors it is given.</summary>
internal static class Inputs
{
    /// <summary>Holds that <paramref name="rows"/> is a matrix of numbers with at least one row and one column.</summary>
    public static void Matrix(Tensor rows, [CallerArgumentExpression(nameof(rows))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(rows, name);
        if (rows.dim() != 2 || rows.shape[0] == 0 || rows.shape[1] == 0)
        {
            throw new ArgumentException(
                $"{name} has shape {Shape(rows)}: it must be a matrix [N, D] with one embedding a row, and at least one of them.", name);
        }

        // Integers pass: quantised embeddings are embeddings.
        if (rows.is_complex() || rows.dtype == ScalarType.Bool)
        {
            throw new ArgumentException($"{name} holds {rows.dtype}: embeddings are real numbers.", name);
        }
    }

    /// <summary>Holds that two matrices have embeddings of one size.</summary>
    public static void SameSize(
        Tensor rows,
        Tensor reference,
        [CallerArgumentExpression(nameof(rows))] string name = "",
        [CallerArgumentExpression(nameof(reference))] string referenceName = "")
    {
        if (rows.shape[1] != reference.shape[1])
        {
            throw new ArgumentException(
                $"{name} has embeddings of size {rows.shape[1]}, {referenceName} of size {reference.shape[1]}: take both from one model.",
                name);
        }
    }

    /// <summary>The labels as an array, one for each of <paramref name="count"/> rows.</summary>
    public static long[] Labels(Tensor labels, long count, [CallerArgumentExpression(nameof(labels))] string name = "")
    {
        Vector(labels, count, name);
        if (!labels.is_integral() || labels.dtype == ScalarType.Bool)
        {
            throw new ArgumentException(
                $"{name} holds {labels.dtype}: labels are whole numbers, convert them with to(ScalarType.Int64).", name);
        }

        using var scope = NewDisposeScope();
        return labels.detach().cpu().to(ScalarType.Int64).data<long>().ToArray();
    }

    /// <summary>The flags as an array, from booleans or from the numbers 0 and 1.</summary>
    public static bool[] Flags(Tensor flags, long count, [CallerArgumentExpression(nameof(flags))] string name = "")
    {
        Vector(flags, count, name);
        if (flags.is_complex())
        {
            throw new ArgumentException($"{name} holds {flags.dtype}: give booleans, or the numbers 0 and 1.", name);
        }

        using var scope = NewDisposeScope();
        double[] values = flags.detach().cpu().to(ScalarType.Float64).data<double>().ToArray();
        int wrong = Array.FindIndex(values, value => value is not (0 or 1));
        if (wrong >= 0)
        {
            throw new ArgumentException(
                $"{name}[{wrong}] is {values[wrong]}: it must be 1 (same person) or 0 (two persons).", name);
        }

        return Array.ConvertAll(values, value => value == 1);
    }

    /// <summary>Holds that a rate lies in 0..1.</summary>
    public static void Rate(double rate, [CallerArgumentExpression(nameof(rate))] string name = "")
    {
        if (!(rate >= 0 && rate <= 1))
        {
            throw new ArgumentOutOfRangeException(name, rate, $"{name} is {rate}: a rate lies between 0 and 1.");
        }
    }

    /// <summary>The shape as a reader writes it: <c>[6000, 512]</c>.</summary>
    public static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";

    private static void Vector(Tensor values, long count, string name)
    {
        ArgumentNullException.ThrowIfNull(values, name);
        if (values.dim() != 1 || values.shape[0] != count)
        {
            throw new ArgumentException(
                $"{name} has shape {Shape(values)}: it must be [{count}], one value a row of the embeddings.", name);
        }
    }
}
