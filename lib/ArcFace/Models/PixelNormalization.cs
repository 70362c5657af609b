namespace ArcFace.Models;

/// <summary>Pixels from 0 to 1 become −1 to 1, what <see cref="IResNet"/> and <see cref="MobileFaceNet"/> take: x′ = 2x − 1.</summary>
/// <remarks>Data sets hold pixels from 0 to 1. Before a body, <c>nn.Sequential(new PixelNormalization(), body)</c>, this makes the step in
/// training and in use alike. It has no weights; save and load those of the body.</remarks>
public sealed class PixelNormalization() : nn.Module<Tensor, Tensor>(nameof(PixelNormalization))
{
    /// <summary>Images [N, …], values 0 to 1 → the same shape, values −1 to 1.</summary>
    /// <exception cref="ArgumentException">The images are not floating point.</exception>
    public override Tensor forward(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        Guard.RequirePixels(images);
        return WrappedTensorDisposeScope(() => images.Times(2.0).Plus(-1));
    }
}
