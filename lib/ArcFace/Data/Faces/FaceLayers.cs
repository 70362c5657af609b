using static TorchSharp.torch;

namespace ArcFace.Data.Faces;

/// <summary>A picture put together from the front to the back: each layer gets what the layers before it let through.</summary>
internal sealed class FaceLayers
{
    private readonly Tensor _through;

    public FaceLayers(long batch, long channels, long size, Device device)
        : this(ones([batch, 1, size, size], device: device), zeros([batch, channels, size, size], device: device))
    {
    }

    private FaceLayers(Tensor through, Tensor picture) => (_through, Picture) = (through, picture);

    /// <summary>[B, channels, H, W].</summary>
    public Tensor Picture { get; }

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

    /// <summary>A copy of some of the pictures, to lay layers in: <see cref="Put"/> brings it back.</summary>
    public FaceLayers Of(Tensor pictures) => new(_through.index_select(0, pictures), Picture.index_select(0, pictures));

    /// <summary>Brings back what was taken by <see cref="Of"/>.</summary>
    public void Put(Tensor pictures, FaceLayers part)
    {
        _through.index_copy_(0, pictures, part._through);
        Picture.index_copy_(0, pictures, part.Picture);
    }
}
