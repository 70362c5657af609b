using static ArcFace.Data.Faces.FaceValue;
using static TorchSharp.torch;

namespace ArcFace.Data.Faces;

/// <summary>What the camera does to the drawn picture: exposure and colour cast, blur, noise.</summary>
internal static class FaceCamera
{
    private const int GrainLength = 65_537;

    /// <summary>Normal numbers for the noise, the same on every device: a picture takes a stretch of them.</summary>
    public static Tensor MakeGrain(Device device)
    {
        var chance = new Chance(GrainLength);
        float[] grain = new float[GrainLength];
        for (int i = 0; i < grain.Length; i++)
        {
            grain[i] = (float)chance.Around(0, 1);
        }

        return tensor(grain, device: device);
    }

    /// <param name="picture">[B, channels, size, size].</param>
    /// <param name="plan">The values of the batch.</param>
    /// <param name="grain">From <see cref="MakeGrain"/>.</param>
    /// <param name="starts">[B] int64, where each picture's stretch of grain starts.</param>
    /// <returns>Values from 0 to 1.</returns>
    public static Tensor Take(Tensor picture, FacePlan plan, Tensor grain, Tensor starts)
    {
        using var scope = NewDisposeScope();
        (long batch, long channels, long size) = (picture.shape[0], picture.shape[1], picture.shape[2]);
        Tensor exposed = picture.mul(plan.Colour(Cast).reshape(batch, channels, 1, 1));

        // A blur is a product with one matrix, whose rows sum to one, from the left and transposed from the right.
        Tensor at = arange(size, dtype: float32, device: picture.device);
        Tensor distances = at.reshape(-1, 1).sub(at.reshape(1, -1)).pow_(2).reshape(1, 1, size, size);
        Tensor blur = distances.div(plan[BlurPixels].square().mul_(-2 * (size / 64.0) * (size / 64.0))).softmax(-1);
        Tensor blurred = blur.matmul(exposed).matmul(blur.transpose(-2, -1));

        Tensor places = arange(channels * size * size, device: picture.device).add(starts.unsqueeze(1)).remainder_(GrainLength);
        Tensor noise = grain.index_select(0, places.flatten()).reshape(picture.shape);
        return blurred.add_(noise.mul_(plan[NoiseStrength])).clamp_(0, 1).MoveToOuterDisposeScope();
    }
}
