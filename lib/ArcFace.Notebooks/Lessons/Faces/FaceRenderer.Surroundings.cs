using static ArcFace.Notebooks.Lessons.Faces.FaceShapes;
using static ArcFace.Notebooks.Lessons.Faces.FaceValue;

namespace ArcFace.Notebooks.Lessons.Faces;

internal sealed partial class FaceRenderer
{
    private void DrawMask()
    {
        Field top = 0.3 + (0.1 * _head.AbsoluteX.Square()) - (0.14 * Ridge(_head.NoseX, 0, 0.2));
        Field cover = Inside(_head.Y - top, _head.Soft) * _head.Face;
        Field pleats = 1 + (0.05 * (34 * _head.Y).Sin());
        Layer(cover * _plan[Mask], MaskCloth, pleats * _head.Shade);
    }

    private void DrawGlasses()
    {
        // The lenses stand before the eyes, so a turn moves them more.
        Field sides = (_head.X - (0.07 * _plan[YawSine])).Abs().Keep();
        Field y = (_head.Y - (_plan[EyeY] + 0.015)).Keep();
        Field size = (0.2 * _plan[LensSize]).Keep();
        Field across = (sides - (_plan[EyeX] + 0.005)) / size, down = y / (0.78 * size);
        Field round = (((across.Square().Square() + down.Square().Square()).Sqrt().Sqrt() - 1) * size).Keep();
        Field thickness = Field.Max(_plan[FrameThickness], 0.5 * _head.Pixel).Keep();
        Field rim = Inside(thickness - round.Abs(), _head.Soft);
        Field bridge = Ridge(y, -0.04, 1.1 * thickness) * Inside(_plan[EyeX] - size + 0.01 - sides, _head.Soft);
        Field temples = Ridge(y, -0.05, 1.1 * thickness) * Inside(sides - _plan[EyeX] - size, _head.Soft) * _head.Face;
        Layer(Field.Max(Field.Max(rim, bridge), temples) * _plan[Glasses], Frame, _head.Shade.Clamp(0.6, 1.1));
        Layer(Inside(-round, _head.Soft) * (_plan[LensTint] * _plan[Glasses]), Lens, 1.1 - (0.9 * y));
    }

    private void DrawFrontHair(Field ripple)
    {
        // Outside: the skull made thicker by the hair. Inside: the hairline, low at the sides, where it becomes the sideburns.
        Field volume = _plan[HairVolume];
        Field skull = Ellipse(_head.U, -0.06 * _plan[YawSine], _head.V, -0.12, _plan[HalfWidth] + (0.75 * volume), volume + 0.88);
        Field outside = (skull + (ripple * (0.06 * _plan[HairCurl]))).Keep();
        Field side = (_head.AbsoluteX / _plan[HalfWidth]).Square().Keep();
        Field hairline = ((side.Square() * side) * (_plan[SideburnY] - _plan[HairlineY] + 0.15)) + _plan[HairlineY] + (0.06 * side)
            + (_head.X * (0.6 * _plan[HairParting])) + (ripple * (0.015 + (0.05 * _plan[HairCurl])));
        Field depth = (hairline - _head.Y).Keep();
        Field cover = Inside(0.42 * (1 - outside), _head.Soft) * Inside(depth, _head.Soft.AtLeast(0.02))
            * Inside(_plan[SideburnY] + 0.1 - _head.V, 0.05);
        Layer(cover, Hair, HairShade(outside, ripple));

        // The shadow that the hair throws on the forehead.
        Layer(0.35 * Ridge(depth, -0.02, 0.05) * _head.Face, Skin, 0.4);
    }

    private Field HairRipple()
    {
        Field phase = _plan[MarkPhase];
        Field coarse = ((19 * _head.X) + (_head.Y * (9 * _plan[HairParting].Sign())) + phase).Sin();
        Field fine = ((37 * _head.X) - (7 * _head.Y) + (3 * phase)).Sin();
        return coarse + (0.6 * fine);
    }

    private Field HairShade(Field outside, Field ripple)
    {
        Field dome = 0.7 * (1.04 - outside.Clamp(0, 1)).Sqrt();
        return _head.Light(dome) * (1.05 + (0.09 * ripple));
    }

    private void DrawSurroundings(Field ripple)
    {
        // The neck, in the shadow of the chin, then the clothes, then the hair that falls behind both.
        Field halfWidth = (0.58 * _plan[HalfWidth]).Keep();
        Field u = (_head.U - (0.05 * _plan[YawSine])).Keep();
        Field collar = 1.38 - (0.55 * u.Square());
        Field neck = Inside(halfWidth - u.Abs(), _head.Soft) * Inside(_head.V - 0.3, 0.02) * Inside(collar - _head.V, _head.Soft);
        Field roundness = 1 - (0.3 * (u / halfWidth).Square());
        Field shadow = 0.48 + (0.3 * ((_head.V - (_plan[ChinY] - 0.02)) / 0.3).Clamp(0, 1));
        Layer(neck, Skin, shadow * roundness * (0.8 + (0.3 * _plan[Ambient])));

        Field shoulders = 1.14 + (0.28 * _head.U.Square()) - (0.05 * _head.U.Abs());
        Layer(Inside(_head.V - shoulders, _head.Soft), Clothes, 0.85 + (_head.U * (0.3 * _plan[LightX])));

        Field volume = _plan[HairVolume];
        Field behind = (_head.U + (0.14 * _plan[YawSine])).Abs().Keep();
        Field skull = Ellipse(behind, 0, _head.V, -0.12, _plan[HalfWidth] + (0.95 * volume), volume + 0.9);
        Field outside = (skull + (ripple * (0.06 * _plan[HairCurl]))).Keep();
        Field widening = (0.06 * _head.V) + (_plan[HalfWidth] + volume) - behind + (0.02 * ripple);
        Field end = _plan[HairEndY].AtLeast(-0.1) - _head.V + (0.03 * ripple);
        Field falling = Field.Min(Field.Min(widening, end), _head.V + 0.12);
        Field cover = Field.Max(Inside(0.42 * (1 - outside), _head.Soft), Inside(falling, _head.Soft.AtLeast(0.015)));
        Layer(cover, Hair, HairShade(outside, ripple) * (0.78 - (0.12 * _head.V)).Clamp(0.5, 1));

        Field blend = ((_head.U * _plan[BackgroundX]) + (_head.V * _plan[BackgroundY])).Sigmoid();
        Layer(blend, BackgroundFirst, 1);
        Layer(1, BackgroundSecond, 1);
    }
}
