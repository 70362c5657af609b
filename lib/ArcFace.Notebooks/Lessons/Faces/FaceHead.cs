using static ArcFace.Notebooks.Lessons.Faces.FaceShapes;
using static ArcFace.Notebooks.Lessons.Faces.FaceValue;

namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>
/// Where each pixel lies on the turned head, and how the light falls there. Lengths are in face units (<see cref="FaceValue"/>).
/// </summary>
internal sealed class FaceHead
{
    public const double SkullDepth = 0.62;

    private readonly FacePlan _plan;

    public FaceHead(PixelCanvas canvas, FacePlan plan)
    {
        _plan = plan;
        Pixel = (2.0 / canvas.Size / plan[Zoom]).Keep();
        Soft = (0.4 * Pixel).Keep();

        // The picture's own frame: shifted, tilted and scaled, the head upright in the middle.
        Field right = (canvas.Across - plan[ShiftX]).Keep(), down = (canvas.Down - plan[ShiftY]).Keep();
        Field cosine = (plan[RollCosine] / plan[Zoom]).Keep(), sine = (plan[RollSine] / plan[Zoom]).Keep();
        U = ((right * cosine) + (down * sine)).Keep();
        V = ((down * cosine) - (right * sine)).Keep();

        // The chin is farther from the neck than the crown, so a turn of the head carries it along.
        Field turnedU = (U - (0.2 * plan[YawSine] * V.Clamp(0, 1).Square())).Keep();
        Field across = (turnedU / plan[HalfWidth]).Square().Keep();
        Field outline = (V.AtLeast(1e-6) / plan[ChinY]).Power(plan[JawPower]) + across + V.Clamp(-2, 0).Square();
        Face = Inside((1 - outline) * (0.5 * plan[HalfWidth]), Soft).Keep();

        // The point of the face seen at the pixel, in the coordinates of the face as it looks from the front. Every
        // feature drawn there moves with the turn by as much as its depth asks for, and narrows on the far side.
        Field depth = (SkullDepth * (1.15 - (0.85 * across) - (0.75 * V.Square())).AtLeast(0.06).Sqrt()).Keep();
        X = ((turnedU * plan[YawCosine]) - (depth * plan[YawSine])).Keep();
        Y = (V - ((depth - (0.6 * SkullDepth)) * plan[PitchSine])).Keep();
        AbsoluteX = X.Abs().Keep();
        Field noseRise = ((Y - plan[EyeY]) / (plan[NoseTipY] - plan[EyeY])).Clamp(0, 1).Keep();
        NoseX = (X - (noseRise * (plan[NoseHeight] * plan[YawSine]))).Keep();
        NoseY = (Y - (noseRise * (plan[NoseHeight] * plan[PitchSine]))).Keep();

        Field relief = Relief(noseRise).Keep();
        Shade = (Light(depth + relief) * (1 + (2.2 * relief.Clamp(-0.1, 0)))).Keep();
    }

    /// <summary>The side of a pixel, a number for each picture.</summary>
    public Field Pixel { get; }

    /// <summary>The softness of an edge, a number for each picture.</summary>
    public Field Soft { get; }

    /// <summary>Across the upright head as it is seen.</summary>
    public Field U { get; }

    /// <summary>Down the upright head as it is seen.</summary>
    public Field V { get; }

    /// <summary>1 within the outline of the face.</summary>
    public Field Face { get; }

    /// <summary>Across the face as it looks from the front.</summary>
    public Field X { get; }

    /// <summary>Down the face as it looks from the front.</summary>
    public Field Y { get; }

    /// <summary>|<see cref="X"/>|: both halves are drawn at once.</summary>
    public Field AbsoluteX { get; }

    /// <summary><see cref="X"/> on the nose, which stands out of the face and so moves more.</summary>
    public Field NoseX { get; }

    /// <summary><see cref="Y"/> on the nose.</summary>
    public Field NoseY { get; }

    /// <summary>The light on the face.</summary>
    public Field Shade { get; }

    /// <summary>Light on a surface of that height: ambient + 1.25·(1 − ambient)·max(0, n·l).</summary>
    public Field Light(Field height)
    {
        height.Keep();
        Field perPixel = (1 / (2 * Pixel)).Keep();
        Field slopeX = (height.DifferenceAcross() * perPixel).Keep(), slopeY = (height.DifferenceDown() * perPixel).Keep();
        Field steepness = slopeX.Square() + slopeY.Square() + 1;
        Field facing = (_plan[LightZ] - (slopeX * _plan[LightX]) - (slopeY * _plan[LightY])) / steepness.Sqrt();
        return (facing.AtLeast(0) * (1.25 * (1 - _plan[Ambient]))) + _plan[Ambient];
    }

    /// <summary>How far the face stands out of a smooth head, the nose most, the eyes less than nothing.</summary>
    /// <param name="noseRise">0 between the eyes, 1 at the tip of the nose and below.</param>
    private Field Relief(Field noseRise)
    {
        // The nose: a ridge that rises from between the eyes and ends at the tip, a ball there, a wing at each side.
        Field width = _plan[BridgeHalfWidth] + (noseRise.Square() * (0.45 * (_plan[NoseHalfWidth] - _plan[BridgeHalfWidth])));
        Field end = Inside(_plan[NoseTipY] + 0.05 - NoseY, 0.022);
        Field ridge = Ridge(NoseX, 0, width) * noseRise * end * (0.75 * _plan[NoseHeight]);
        Field ball = Bump(NoseX, 0, NoseY, _plan[NoseTipY], 0.62 * _plan[NoseHalfWidth], 0.075) * (0.35 * _plan[NoseHeight]);
        Field wings = Bump(NoseX.Abs(), 0.82 * _plan[NoseHalfWidth], NoseY, _plan[NoseTipY] + 0.025, 0.36 * _plan[NoseHalfWidth], 0.05);

        Field sockets = Bump(AbsoluteX, 0.92 * _plan[EyeX], Y, _plan[EyeY] - 0.01, 0.17, 0.1);
        Field cheeks = Bump(AbsoluteX, 0.39, Y, 0.24, 0.17, 0.15);
        Field brow = Ridge(Y, _plan[BrowY] + 0.03, 0.08) * Ridge(X, 0, 0.42);

        Field lips = Bump(X, 0, Y, _plan[MouthY], _plan[MouthHalfWidth], 0.11);
        Field underLips = Bump(X, 0, Y, _plan[MouthY] + 0.16, 0.6 * _plan[MouthHalfWidth], 0.045);
        Field chin = Bump(X, 0, Y, _plan[ChinY] - 0.13, 0.17, 0.1);
        return ridge + ball + (0.055 * wings) - (0.075 * sockets) + (0.05 * cheeks) + (0.03 * brow)
            + (0.05 * lips) - (0.035 * underLips) + (0.06 * chin);
    }
}
