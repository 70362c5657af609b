using static ArcFace.Notebooks.Lessons.Faces.FaceValue;

namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>What the camera does to a drawn picture: blur and noise.</summary>
internal static class FaceCamera
{
    /// <summary>A channel of the pictures as the camera gives it, with values from 0 to 1.</summary>
    public static Field Take(PixelCanvas canvas, FacePlan plan, Field[] drawn, int channel)
    {
        Field blurred = canvas.Blur(drawn[channel], plan[BlurPixels] * (canvas.Size / 64.0));
        return (blurred + (canvas.Noise(plan[GrainStart], channel) * plan[NoiseStrength])).Clamp(0, 1).Keep();
    }
}
