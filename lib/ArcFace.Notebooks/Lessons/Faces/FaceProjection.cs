using System.Numerics;
using ArcFace.Faces.Pictures;
using static ArcFace.Notebooks.Lessons.Faces.FaceValue;

namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>Where a point of the face, as it looks from the front, falls in the picture: the way back from <see cref="FaceHead"/>.</summary>
/// <param name="values">The values of one picture.</param>
/// <param name="size">The side of the picture in pixels.</param>
internal sealed class FaceProjection(float[] values, int size)
{
    // The depth of a point depends on where it falls, so that is found step by step; half steps do not overshoot.
    private const int Steps = 60;
    private const double StepSize = 0.5;

    public FaceLandmarks Landmarks()
    {
        double smile = this[Smile];
        double mouthX = this[MouthHalfWidth] * (1 + (0.14 * smile)), mouthY = this[MouthY] + (0.012 * smile) - (0.055 * smile);
        return new FaceLandmarks(
            Pixel(-this[EyeX], this[EyeY]),
            Pixel(this[EyeX], this[EyeY]),
            Pixel(this[NoseHeight] * this[YawSine], this[NoseTipY] + (this[NoseHeight] * this[PitchSine])),
            Pixel(-mouthX, mouthY),
            Pixel(mouthX, mouthY));
    }

    private double this[FaceValue value] => values[(int)value];

    private Vector2 Pixel(double x, double y)
    {
        (double turnedU, double v) = (x, y);
        for (int step = 0; step < Steps; step++)
        {
            double across = turnedU / this[HalfWidth];
            double depth = FaceHead.SkullDepth * Math.Sqrt(Math.Max(0.06, 1.15 - (0.85 * across * across) - (0.75 * v * v)));
            turnedU += StepSize * (((x + (depth * this[YawSine])) / this[YawCosine]) - turnedU);
            v += StepSize * (y + ((depth - (FaceHead.SkullDepth * 0.6)) * this[PitchSine]) - v);
        }

        double below = Math.Clamp(v, 0, 1);
        double u = turnedU + (0.2 * this[YawSine] * below * below);
        double right = (this[Zoom] * ((u * this[RollCosine]) - (v * this[RollSine]))) + this[ShiftX];
        double down = (this[Zoom] * ((u * this[RollSine]) + (v * this[RollCosine]))) + this[ShiftY];
        return new Vector2((float)ToPixel(right), (float)ToPixel(down));
    }

    private double ToPixel(double place) => ((place + 1) * size / 2) - 0.5;
}
