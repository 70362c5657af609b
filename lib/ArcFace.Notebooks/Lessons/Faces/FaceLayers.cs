namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>A picture put together from the front to the back: each layer gets what the layers before it let through.</summary>
/// <param name="canvas">Where the picture is drawn.</param>
/// <param name="channels">1 for grey, 3 for colour.</param>
internal sealed class FaceLayers(PixelCanvas canvas, int channels)
{
    private readonly Field _through = canvas.Filled(1);

    /// <summary>The picture, channel by channel.</summary>
    public Field[] Channels { get; } = [.. Enumerable.Range(0, channels).Select(_ => canvas.Filled(0))];

    /// <summary>Lays a layer behind those that are there.</summary>
    /// <param name="cover">How much of a pixel it covers, from 0 to 1.</param>
    /// <param name="colour">A number for each channel, or a column of them.</param>
    /// <param name="shade">What its colour is multiplied with.</param>
    public void Add(Field cover, ReadOnlySpan<Field> colour, Field shade)
    {
        Field reaching = (cover * _through).Keep();
        _through.Subtract(reaching);
        Field light = (reaching * shade).Keep();
        for (int channel = 0; channel < Channels.Length; channel++)
        {
            Channels[channel].AddProduct(light, colour[channel]);
        }
    }
}
