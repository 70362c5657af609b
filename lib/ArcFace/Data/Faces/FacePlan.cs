using static TorchSharp.torch;

namespace ArcFace.Data.Faces;

/// <summary>The values of a batch of pictures on the device, by name.</summary>
internal sealed class FacePlan
{
    private static readonly double[] Luminance = [0.299, 0.587, 0.114];

    private readonly Tensor _colours;
    private readonly Tensor[] _columns;

    /// <param name="rows">[B, <see cref="FaceValue.Count"/>] on the device.</param>
    /// <param name="channels">1 for grey, 3 for colour.</param>
    public FacePlan(Tensor rows, int channels)
    {
        Batch = rows.shape[0];
        _columns = rows.t().contiguous().reshape(-1, Batch, 1, 1, 1).unbind(0);

        // [B, colours, channels]. Mixing is linear, so a grey picture may as well be mixed from grey colours.
        Tensor colours = rows.narrow(1, (int)FaceValue.Skin, FaceValue.Count - FaceValue.Skin).reshape(Batch, -1, 3);
        _colours = channels == 3 ? colours : colours.matmul(tensor(Luminance, float32, rows.device).reshape(3, 1));
    }

    public long Batch { get; }

    /// <summary>[B, 1, 1, 1].</summary>
    public Tensor this[FaceValue value] => _columns[(int)value];

    /// <summary>[B, channels].</summary>
    public Tensor Colour(FaceValue value) => _colours.select(1, (value - FaceValue.Skin) / 3);
}
