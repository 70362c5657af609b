using System.Numerics.Tensors;
using static ArcFace.Notebooks.Lessons.Faces.FaceValue;

namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>What the camera does to a drawn picture, of so many pixels a side and 1 (grey) or 3 (colour) channels: blur and noise.</summary>
internal sealed class FaceCamera(int size, int channels)
{
    private const int GrainLength = 65_537;

    // Normal numbers for the noise, of which a picture takes a stretch that goes round at the end.
    private readonly float[] _grain = Grain(channels * size * size);

    /// <summary>Where in the grain the stretch of a picture starts.</summary>
    public static int GrainStartOf(ulong key) => (int)((key >> 40) % GrainLength);

    /// <summary>Takes a picture, with values from 0 to 1, of the drawn pixels of each channel.</summary>
    public void Take(FacePlan plan, float[][] drawn, Span<float> picture)
    {
        var blur = new PixelBlur(size, plan[BlurPixels] * (size / 64.0));
        for (int channel = 0; channel < channels; channel++)
        {
            blur.Apply(drawn[channel].AsSpan(0, size * size), picture.Slice(channel * size * size, size * size));
        }

        ReadOnlySpan<float> noise = _grain.AsSpan((int)plan[GrainStart], picture.Length);
        TensorPrimitives.MultiplyAdd(noise, (float)plan[NoiseStrength], picture, picture);
        TensorPrimitives.Clamp(picture, 0, 1, picture);
    }

    /// <summary>The grain, the same on every device, long enough to read a stretch from any start without going round.</summary>
    private static float[] Grain(int stretch)
    {
        var draws = new FaceDraws(GrainLength);
        float[] once = [.. Enumerable.Range(0, GrainLength).Select(_ => (float)draws.Around(0, 1))];
        return [.. Enumerable.Range(0, GrainLength + stretch - 1).Select(i => once[i % GrainLength])];
    }
}
