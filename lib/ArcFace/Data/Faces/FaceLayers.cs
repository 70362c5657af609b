using static TorchSharp.torch;

namespace ArcFace.Data.Faces;

/// <summary>A picture put together from the front to the back: each layer gets what the layers before it let through.</summary>
internal sealed class FaceLayers(long batch, long channels, long size, Device device)
{
    private readonly Tensor _through = ones([batch, 1, size, size], device: device);

    /// <summary>[B, channels, H, W].</summary>
    public Tensor Picture { get; } = zeros([batch, channels, size, size], device: device);

    /// <summary>Lays a layer behind those that are there.</summary>
    /// <param name="cover">[B, 1, H, W], how much of the pixel it covers.</param>
    /// <param name="colour">[B, channels].</param>
    /// <param name="shade">[B, 1, H, W], what its colour is multiplied with; 1 if it is not given.</param>
    public void Add(Tensor cover, Tensor colour, Tensor? shade = null)
    {
        using var scope = NewDisposeScope();
        Tensor weight = cover * _through;
        _through.sub_(weight);
        if (shade is not null)
        {
            weight.mul_(shade);
        }

        Picture.addcmul_(weight, colour.unsqueeze(-1).unsqueeze(-1), 1);
    }
}
