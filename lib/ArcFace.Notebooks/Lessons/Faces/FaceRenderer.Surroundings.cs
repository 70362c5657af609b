using static ArcFace.Notebooks.Lessons.Faces.FaceValue;
using static ArcFace.Notebooks.Lessons.Faces.Pixels;

namespace ArcFace.Notebooks.Lessons.Faces;

internal sealed partial class FaceRenderer
{
    private void DrawMask()
    {
        Pixels top = 0.3 + (0.1 * _head.AbsoluteX.Square()) - (0.14 * Ridge(_head.NoseX, 0, 0.2));
        Pixels cover = Inside(_head.Y - top, _soft) * _head.Face;
        Pixels pleats = 1 + (0.05 * (34 * _head.Y).Sin());
        Layer(cover * _plan[Mask], MaskCloth, pleats * _shade);
    }

    private void DrawGlasses()
    {
        // The lenses stand before the eyes, so a turn moves them more.
        Pixels sides = (_head.X - (0.07 * _plan[YawSine])).Abs();
        Pixels y = _head.Y - (_plan[EyeY] + 0.015);
        double size = 0.2 * _plan[LensSize];
        Pixels across = (sides - (_plan[EyeX] + 0.005)) / size, down = y / (0.78 * size);
        Pixels round = ((across.Square().Square() + down.Square().Square()).Sqrt().Sqrt() - 1) * size;
        double thickness = Math.Max(_plan[FrameThickness], 0.5 * _pixel);
        Pixels rim = Inside(thickness - round.Abs(), _soft);
        Pixels bridge = Ridge(y, -0.04, 1.1 * thickness) * Inside(_plan[EyeX] - size + 0.01 - sides, _soft);
        Pixels temples = Ridge(y, -0.05, 1.1 * thickness) * Inside(sides - _plan[EyeX] - size, _soft) * _head.Face;
        Layer(Max(Max(rim, bridge), temples) * _plan[Glasses], Frame, _shade.Clamp(0.6, 1.1));
        Layer(Inside(-round, _soft) * (_plan[LensTint] * _plan[Glasses]), Lens, 1.1 - (0.9 * y));
    }

    private void DrawFrontHair()
    {
        // The hairline is low at the sides, where it becomes the sideburns.
        Pixels side = (_head.AbsoluteX / _plan[HalfWidth]).Square();
        Pixels hairline = ((side.Square() * side) * (_plan[SideburnY] - _plan[HairlineY] + 0.15)) + _plan[HairlineY] + (0.06 * side)
            + (_head.X * (0.6 * _plan[HairParting])) + (_head.HairRipple * (0.015 + (0.05 * _plan[HairCurl])));
        Pixels depth = hairline - _head.Y;
        Pixels cover = Inside(0.42 * (1 - _head.FrontHair), _soft) * Inside(depth, Math.Max(_soft, 0.02))
            * Inside(_plan[SideburnY] + 0.1 - _head.V, 0.05);
        Layer(cover, Hair, HairShade(_frontHairHeights));

        // The shadow that the hair throws on the forehead.
        Layer(0.35 * Ridge(depth, -0.02, 0.05) * _head.Face, Skin, 0.4);
    }

    private Pixels HairShade(float[] heights) => Light(heights) * (1.05 + (0.09 * _head.HairRipple));

    private void DrawSurroundings()
    {
        // The neck, in the shadow of the chin, then the clothes, then the hair that falls behind both.
        double halfWidth = 0.58 * _plan[HalfWidth];
        Pixels u = _head.U - (0.05 * _plan[YawSine]);
        Pixels collar = 1.38 - (0.55 * u.Square());
        Pixels neck = Inside(halfWidth - u.Abs(), _soft) * Inside(_head.V - 0.3, 0.02) * Inside(collar - _head.V, _soft);
        Pixels roundness = 1 - (0.3 * (u / halfWidth).Square());
        Pixels shadow = 0.48 + (0.3 * ((_head.V - (_plan[ChinY] - 0.02)) / 0.3).Clamp(0, 1));
        Layer(neck, Skin, shadow * roundness * (0.8 + (0.3 * _plan[Ambient])));

        Pixels shoulders = 1.14 + (0.28 * _head.U.Square()) - (0.05 * _head.U.Abs());
        Layer(Inside(_head.V - shoulders, _soft), Clothes, 0.85 + (_head.U * (0.3 * _plan[LightX])));

        Pixels widening = (0.06 * _head.V) + (_plan[HalfWidth] + _plan[HairVolume]) - _head.Behind + (0.02 * _head.HairRipple);
        Pixels end = Math.Max(_plan[HairEndY], -0.1) - _head.V + (0.03 * _head.HairRipple);
        Pixels falling = Min(Min(widening, end), _head.V + 0.12);
        Pixels cover = Max(Inside(0.42 * (1 - _head.BackHair), _soft), Inside(falling, Math.Max(_soft, 0.015)));
        Layer(cover, Hair, HairShade(_backHairHeights) * (0.78 - (0.12 * _head.V)).Clamp(0.5, 1));

        Pixels blend = ((_head.U * _plan[BackgroundX]) + (_head.V * _plan[BackgroundY])).Sigmoid();
        Layer(blend, BackgroundFirst, 1);
        Layer(1, BackgroundSecond, 1);
    }
}
