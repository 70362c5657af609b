using static TorchSharp.torch;

namespace ArcFace.Data.Faces;

/// <summary>The values of a batch of pictures on the device, by name.</summary>
internal sealed class FacePlan
{
    private const int Width = (int)FaceValue.Count;

    private static readonly double[] Luminance = [0.299, 0.587, 0.114];

    private readonly float[] _values;
    private readonly int _channels;
    private readonly Device _device;
    private readonly Tensor _columns;
    private readonly Tensor _colours;

    /// <param name="values">The values of one picture after those of another, <see cref="FaceValue.Count"/> of each.</param>
    /// <param name="channels">1 for grey, 3 for colour.</param>
    /// <param name="device">Where to draw.</param>
    public FacePlan(float[] values, int channels, Device device)
    {
        (_values, _channels, _device) = (values, channels, device);
        Batch = values.Length / Width;
        Tensor rows = tensor(values, [Batch, Width], device: device);
        _columns = rows.t().contiguous().reshape(Width, Batch, 1, 1, 1);

        // [B, colours, channels]. Mixing is linear, so a grey picture may as well be mixed from grey colours.
        Tensor colours = rows.narrow(1, (int)FaceValue.Skin, FaceValue.Count - FaceValue.Skin).reshape(Batch, -1, 3);
        _colours = channels == 3 ? colours : colours.matmul(tensor(Luminance, float32, device).reshape(3, 1));
    }

    public long Batch { get; }

    /// <summary>[B, 1, 1, 1].</summary>
    public Tensor this[FaceValue value] => _columns.select(0, (int)value);

    /// <summary>[B, channels].</summary>
    public Tensor Colour(FaceValue value) => _colours.select(1, (value - FaceValue.Skin) / 3);

    /// <summary>Which pictures have any of these above 0.</summary>
    public long[] Having(ReadOnlySpan<FaceValue> values)
    {
        var pictures = new List<long>();
        for (int picture = 0; picture < Batch; picture++)
        {
            foreach (FaceValue value in values)
            {
                if (_values[(picture * Width) + (int)value] > 0)
                {
                    pictures.Add(picture);
                    break;
                }
            }
        }

        return [.. pictures];
    }

    /// <summary>The values of some of the pictures.</summary>
    public FacePlan Of(long[] pictures) =>
        new([.. pictures.SelectMany(picture => _values.AsSpan((int)picture * Width, Width).ToArray())], _channels, _device);
}
