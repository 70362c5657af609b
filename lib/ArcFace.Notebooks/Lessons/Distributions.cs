using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Lessons;

/// <summary>What makes a row of numbers a probability distribution: none negative, and they sum to one.</summary>
internal static class Distributions
{
    /// <summary>Requires distributions [..., C] along the last dimension; their values are checked on the CPU only.</summary>
    public static void Require(Tensor p, [CallerArgumentExpression(nameof(p))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(p, name);
        Guard.RequireFloatingPoint(p, name);
        ArgumentException.ThrowIf(p.dim() == 0 || p.numel() == 0,
            $"{name} has the shape {Guard.Shape(p)}, where [..., C] is wanted, with at least one class.", name);
        if (p.device_type != DeviceType.CPU)
        {
            return;
        }

        Guard.RequireFinite(p, name);
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = p.detach().to(ScalarType.Float64);
        double lowest = rows.min().item<double>();
        ArgumentException.ThrowIf(
            lowest < 0, $"{name} holds the probability {lowest}; none may be negative. Logits go through Softmax first.", name);
        (Tensor least, Tensor most) = rows.sum(-1).aminmax();
        double tolerance = SumTolerance(p.dtype);
        foreach (double sum in (double[])[least.item<double>(), most.item<double>()])
        {
            ArgumentException.ThrowIf(
                Math.Abs(sum - 1) > tolerance, $"{name} sums to {sum} where 1 is wanted. Logits go through Softmax first.", name);
        }
    }

    /// <summary>Requires q to be distributions of the shape, type and device of p.</summary>
    public static void RequireAlike(
        Tensor p,
        Tensor q,
        [CallerArgumentExpression(nameof(p))] string? nameP = null,
        [CallerArgumentExpression(nameof(q))] string? nameQ = null)
    {
        Require(q, nameQ);
        ArgumentException.ThrowIf(!q.shape.AsSpan().SequenceEqual(p.shape) || q.dtype != p.dtype,
            $"{nameQ} is {q.dtype} {Guard.Shape(q)}, but {nameP} is {p.dtype} {Guard.Shape(p)}: the two must agree.", nameQ);
        Guard.RequireSameDevice(q, p, nameQ, nameP);
    }

    // A thousand roundings of the type: what a sum over very many classes may lose, and far less than a forgotten softmax is off.
    private static double SumTolerance(ScalarType type) => type switch
    {
        ScalarType.Float64 => 1e-9,
        ScalarType.Float32 => 1e-4,
        _ => 2e-2,
    };
}
