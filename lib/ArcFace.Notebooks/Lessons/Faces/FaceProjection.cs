using System.Numerics;
using static ArcFace.Notebooks.Lessons.Faces.FaceValue;

namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>Where a point of the face, as it looks from the front, falls in the picture: the way back from <see cref="FaceHead"/>.</summary>
internal sealed class FaceProjection(FacePlan plan, int size)
{
    // The depth of a point depends on where it falls, so that is found step by step; half steps do not overshoot.
    private const int Steps = 60;
    private const double StepSize = 0.5;

    public FaceLandmarks Landmarks()
    {
        double smile = plan[Smile];
        double mouthX = plan[MouthHalfWidth] * (1 + (0.14 * smile)), mouthY = plan[MouthY] + (0.012 * smile) - (0.055 * smile);
        return new FaceLandmarks(
            Pixel(-plan[EyeX], plan[EyeY]),
            Pixel(plan[EyeX], plan[EyeY]),
            Pixel(plan[NoseHeight] * plan[YawSine], plan[NoseTipY] + (plan[NoseHeight] * plan[PitchSine])),
            Pixel(-mouthX, mouthY),
            Pixel(mouthX, mouthY));
    }

    private Vector2 Pixel(double x, double y)
    {
        (double turnedU, double v) = (x, y);
        for (int step = 0; step < Steps; step++)
        {
            double across = turnedU / plan[HalfWidth];
            double depth = FaceHead.SkullDepth * Math.Sqrt(Math.Max(0.06, 1.15 - (0.85 * across * across) - (0.75 * v * v)));
            turnedU += StepSize * (((x + (depth * plan[YawSine])) / plan[YawCosine]) - turnedU);
            v += StepSize * (y + ((depth - (FaceHead.SkullDepth * 0.6)) * plan[PitchSine]) - v);
        }

        double below = Math.Clamp(v, 0, 1);
        double u = turnedU + (0.2 * plan[YawSine] * below * below);
        double right = (plan[Zoom] * ((u * plan[RollCosine]) - (v * plan[RollSine]))) + plan[ShiftX];
        double down = (plan[Zoom] * ((u * plan[RollSine]) + (v * plan[RollCosine]))) + plan[ShiftY];
        return new Vector2((float)ToPixel(right), (float)ToPixel(down));
    }

    private double ToPixel(double place) => ((place + 1) * size / 2) - 0.5;
}
