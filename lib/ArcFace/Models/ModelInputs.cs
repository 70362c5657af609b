using static TorchSharp.torch;

namespace ArcFace.Models;

/// <summary>The checks at the door of a model: torch's own message for a wrong shape comes from deep inside.</summary>
internal static class ModelInputs
{
    public static void RequireImages(Tensor images, long channels, long side)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.dim() != 4 || images.shape[1] != channels || images.shape[2] != side || images.shape[3] != side)
        {
            throw new ArgumentException(
                $"images are [{string.Join(", ", images.shape)}], and this model takes [N, {channels}, {side}, {side}]: resize them",
                nameof(images));
        }

        RequireFloatingPoint(images, nameof(images));
    }

    /// <summary>[N, …] as [N, featureCount].</summary>
    public static Tensor Rows(Tensor features, long featureCount)
    {
        ArgumentNullException.ThrowIfNull(features);
        long[] shape = features.shape;
        if (shape.Length < 2 || shape.Skip(1).Aggregate(1L, (product, size) => product * size) != featureCount)
        {
            throw new ArgumentException(
                $"features are [{string.Join(", ", shape)}], and this model takes N rows of {featureCount} numbers", nameof(features));
        }

        RequireFloatingPoint(features, nameof(features));
        return features.flatten(1);
    }

    public static void RequireFloatingPoint(Tensor tensor, string name)
    {
        if (!tensor.is_floating_point())
        {
            throw new ArgumentException($"{name} are of type {tensor.dtype}, and floating point is needed: scale pixels to 0..1", name);
        }
    }
}
