namespace ArcFace.Models;

/// <summary>Batch normalisation: y = γ·(x − μ)/√(σ² + 10⁻⁵) + β, channel by channel, with mean μ and variance σ² of the batch in training,
/// and their moving averages (a tenth of each new batch) in use.</summary>
/// <remarks>It takes the place of <c>nn.BatchNorm1d</c> and <c>nn.BatchNorm2d</c>, with the same parameters and numbers. Those count their
/// batches with a number that nothing holds while torch reads it; in a process whose other threads collect garbage, a step in some
/// thousands ends with an error. And after a batch of one row their variance is NaN for good. Source: Ioffe and Szegedy, "Batch
/// Normalization", arXiv 1502.03167, algorithms 1 and 2.</remarks>
/// <param name="channels">C, at least 1.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="channels"/> is below 1.</exception>
public sealed class BatchNormalization(long channels) : BatchNorm(
    AtLeastOne(channels), eps: 1e-5, momentum: 0.1, affine: true, track_running_stats: true, device: null, dtype: null, nameof(BatchNormalization))
{
    /// <summary>[N, C] or [N, C, …] → the same shape. One value a channel, as in a batch of one row, has no variance: then the moving
    /// averages serve in training too, and stay as they are.</summary>
    /// <exception cref="ArgumentException">The input has fewer than two dimensions, or another number of channels.</exception>
    public override Tensor forward(Tensor input)
    {
        ValidateInputDimensions(input);
        bool learns = training && input.numel() > num_features;
        if (learns)
        {
            num_batches_tracked!.AddInPlace(1);
        }

        return nn.functional.batch_norm(input, running_mean!, running_var!, weight!, bias!, learns, momentum!.Value, eps);
    }

    /// <summary>Checks an input before it is used.</summary>
    protected override void ValidateInputDimensions(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentException.ThrowIf(input.dim() < 2 || input.shape[1] != num_features,
            $"[{string.Join(", ", input.shape)}] is not [N, {num_features}, …]: the second dimension holds the channels", nameof(input));
    }

    private static long AtLeastOne(long channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        return channels;
    }
}

/// <summary>A layer that brings its input to a common scale, of one's own: training leaves its parameters without weight decay, as it does
/// those of TorchSharp's layers and of what derives from them.</summary>
public interface INormalization;
