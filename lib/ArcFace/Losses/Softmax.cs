using System.Numerics.Tensors;
using Tensor = TorchSharp.torch.Tensor;

namespace ArcFace.Losses;

/// <summary>Softmax: p_j = e^{z_j/T} / Σ_k e^{z_k/T}, the logits of one sample turned into probabilities.</summary>
/// <remarks>Adding a constant to every logit changes nothing, so the largest is subtracted first: every exponent is then at most 0 and none
/// overflows. The temperature T flattens the distribution above 1 and sharpens it below.</remarks>
public static class Softmax
{
    /// <summary>The probabilities of one sample.</summary>
    /// <param name="logits">The logits z of C classes, at least one.</param>
    /// <returns>C probabilities that sum to one.</returns>
    /// <exception cref="ArgumentException">There is no logit, or one is not finite.</exception>
    public static double[] Probabilities(ReadOnlySpan<double> logits)
    {
        ArgumentException.ThrowIf(logits.IsEmpty, "there are no logits; softmax needs at least one class.", nameof(logits));
        ArgumentException.ThrowIf(!TensorPrimitives.IsFiniteAll(logits),
            "the logits hold a value that is not finite; every logit must be a finite number.", nameof(logits));

        // TensorPrimitives.SoftMax is the bare formula: without the shift it gives NaN for logits beyond 709.
        double[] probabilities = new double[logits.Length];
        TensorPrimitives.Subtract(logits, TensorPrimitives.Max(logits), probabilities);
        TensorPrimitives.SoftMax<double>(probabilities, probabilities);
        return probabilities;
    }

    /// <summary>The probabilities of each sample, along the last dimension.</summary>
    /// <param name="logits">Logits [..., C], floating point, such as [N, C].</param>
    /// <param name="temperature">T: positive and finite.</param>
    /// <returns>Probabilities of the shape of <paramref name="logits"/>; each row sums to one.</returns>
    /// <exception cref="ArgumentException">The logits are not floating point, have no class, or (on the CPU) are not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public static Tensor Probabilities(Tensor logits, double temperature = 1)
    {
        Require(logits, temperature);
        return WrappedTensorDisposeScope(() => torch.softmax(AtTemperature(logits, temperature), -1));
    }

    /// <summary>ln p_j = z_j/T − ln Σ_k e^{z_k/T}, along the last dimension; finite where the probability itself rounds to zero.</summary>
    /// <inheritdoc cref="Probabilities(Tensor, double)"/>
    /// <returns>Log-probabilities of the shape of <paramref name="logits"/>, each at most 0.</returns>
    public static Tensor LogProbabilities(Tensor logits, double temperature = 1)
    {
        Require(logits, temperature);
        return WrappedTensorDisposeScope(() => nn.functional.log_softmax(AtTemperature(logits, temperature), -1));
    }

    private static Tensor AtTemperature(Tensor logits, double temperature) => temperature == 1 ? logits : logits.Over(temperature);

    private static void Require(Tensor logits, double temperature)
    {
        ArgumentNullException.ThrowIfNull(logits);
        Guard.RequireFloatingPoint(logits);
        ArgumentException.ThrowIf(logits.dim() == 0 || logits.shape[^1] == 0,
            $"logits have the shape {Guard.Shape(logits)}, where [..., C] is wanted, with at least one class.", nameof(logits));
        Guard.RequireFinite(logits);
        ArgumentOutOfRangeException.ThrowIf(!(temperature > 0 && double.IsFinite(temperature)),
            $"the temperature {temperature} must be positive and finite; 1 is plain softmax.", nameof(temperature), temperature);
    }
}
