using static TorchSharp.torch;

namespace ArcFace.Data.Faces;

/// <summary>
/// A picture put together from the front to the back: each layer gets what the layers before it let through. The weights
/// are single numbers a pixel; the colours come in at the very end, in one matrix product.
/// </summary>
internal sealed class FaceLayers
{
    private readonly Tensor _weights;
    private readonly Tensor _colours;
    private readonly Tensor _through;
    private int _count;

    public FaceLayers(long batch, long channels, long size, int capacity, Device device)
    {
        _weights = zeros([batch, capacity, size, size], device: device);
        _colours = zeros([batch, channels, capacity], device: device);
        _through = ones([batch, 1, size, size], device: device);
    }

    /// <summary>Lays a layer behind those that are there.</summary>
    /// <param name="cover">[B, 1, H, W], how much of the pixel it covers.</param>
    /// <param name="colour">[B, channels].</param>
    /// <param name="shade">[B, 1, H, W], what its colour is multiplied with; 1 if it is not given.</param>
    public void Add(Tensor cover, Tensor colour, Tensor? shade = null)
    {
        using var scope = NewDisposeScope();
        Tensor weight = _weights.narrow(1, _count, 1);
        weight.copy_(_through).mul_(cover);
        _through.sub_(weight);
        if (shade is not null)
        {
            weight.mul_(shade);
        }

        _colours.select(2, _count).copy_(colour);
        _count++;
    }

    /// <summary>[B, channels, H, W].</summary>
    public Tensor Compose()
    {
        using var scope = NewDisposeScope();
        Tensor flat = _colours.matmul(_weights.flatten(2));
        return flat.reshape(_weights.shape[0], _colours.shape[1], _weights.shape[2], _weights.shape[3]).MoveToOuterDisposeScope();
    }
}
