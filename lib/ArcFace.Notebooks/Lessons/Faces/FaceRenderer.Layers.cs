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

    private void DrawBrows()
    {
        Pixels along = (_head.AbsoluteX - (_plan[EyeX] + 0.01)) / _plan[BrowHalfLength];
        Pixels bow = along.Square();
        Pixels line = (along * (_plan[BrowSlant] * _plan[BrowHalfLength])) + (bow * _plan[BrowArch]) + (_plan[BrowY] - _plan[BrowRaise]);

        // Thick towards the nose, thin at the temple.
        Pixels thickness = (0.85 - (0.35 * along)).Clamp(0.15, 1.2) * _plan[BrowThickness];
        Pixels cover = Inside(thickness - (_head.Y - line).Abs(), Math.Max(_soft, 0.012)) * Inside(1 - bow, 0.12) * _head.Face;
        Layer(0.92 * cover, Brow, _shade.Clamp(0.5, 1.1));
    }

    private void DrawEyes()
    {
        Pixels outwards = _head.AbsoluteX - _plan[EyeX];
        Pixels y = (outwards * _plan[EyeSlant]) + _head.Y - _plan[EyeY];
        Pixels along = outwards / _plan[EyeHalfWidth];
        Pixels bow = 1 - along.Square();

        // The upper lid is highest a little towards the nose; the lower lid rises when the face smiles.
        double open = 1 - _plan[EyeClosing];
        Pixels upper = -(bow * (_plan[EyeUpper] * open) * (1 - (0.18 * along)));
        Pixels lower = bow * (_plan[EyeLower] * open * (1 - (0.3 * Math.Max(_plan[Smile], 0))));
        Pixels belowUpper = (y - upper), aboveLower = (lower - y);

        Pixels lidShape = Inside(bow + 0.12, 0.08) * _head.Face;
        Pixels lash = Ridge(belowUpper, 0, Math.Max(0.5 * _pixel, 0.017)) * lidShape;
        Layer(0.9 * lash, Brow, 0.45);

        double edge = 0.7 * _soft;
        Pixels opening = Inside(Min(belowUpper, aboveLower), edge) * _head.Face;
        Pixels side = _head.X.Sign();
        Pixels gazed = ((outwards - (side * _plan[Gaze])).Square() + (y + 0.008).Square()).Sqrt();
        Pixels shade = _shade.Clamp(0.45, 1.05);
        Pixels glint = Bump(_head.X - (side * _plan[EyeX]), 0.04 * _plan[LightX], y, -0.028, 0.018, 0.018);
        Layer(0.75 * glint * opening, White, 0.95);
        Layer(Inside((0.45 * _plan[IrisRadius]) - gazed, edge) * opening, Iris, 0.12);
        Layer(Inside(_plan[IrisRadius] - gazed, edge) * opening, Iris, (1.15 - (0.4 * (gazed / _plan[IrisRadius]).Square())) * shade);
        Layer(opening, White, 0.9 * (0.7 + (0.3 * (belowUpper / 0.05).Clamp(0, 1))) * shade);

        // The fold above the lid, and the faint line below the eye.
        Pixels fold = 0.45 * Ridge(belowUpper, -0.045, 0.014);
        Pixels line = Ridge(aboveLower, -0.035, 0.02) * (0.12 + (0.3 * _plan[FaceLines]));
        Layer((fold + line) * lidShape, Skin, 0.45);
    }

    private void DrawMouth()
    {
        double smile = _plan[Smile];
        Pixels along = _head.X / (_plan[MouthHalfWidth] * (1 + (0.14 * smile)));
        Pixels square = along.Square(), bow = (1 - square);
        Pixels y = _head.Y - ((square * (-0.055 * smile)) + (_plan[MouthY] + (0.012 * smile)));
        Pixels within = Inside(bow + 0.02, 0.05) * _head.Face;
        Pixels opening = bow.AtLeast(0) * _plan[MouthOpening];

        Pixels lips = Ridge(y - (0.5 * opening), 0, Math.Max(0.4 * _pixel, 0.013)) * within;
        Layer(0.75 * lips, Lip, 0.3);
        Pixels mouth = Inside(Min(y, opening - y), 0.6 * _soft) * within;
        Pixels teeth = Inside((0.55 * opening) - y, _soft) * mouth * Math.Clamp(((_plan[MouthOpening] - 0.02) / 0.04) + 0.5, 0, 1);
        Layer(teeth, White, 0.88 * _shade.Clamp(0.4, 1));
        Layer(mouth, Lip, 0.2);

        Pixels cupid = 1 - (0.3 * Ridge(along, 0, 0.16));
        Pixels upper = Inside(y + (bow * _plan[UpperLip] * cupid), _soft) * Inside(0.01 - y, _soft);
        Layer(0.85 * upper * within, Lip, 0.86 * _shade);
        Pixels full = (bow.AtLeast(0).Sqrt() * _plan[LowerLip]) + opening;
        Pixels lower = Inside(full - y, _soft) * Inside(y + 0.01, _soft);
        Pixels swell = Bump(along, 0, y - opening, 0.4 * _plan[LowerLip], 0.5, 0.5 * _plan[LowerLip]);
        Layer(0.85 * lower * within, Lip, (0.96 + (0.16 * swell)) * _shade);
        Pixels below = Bump(along, 0, y - full, 0.03, 0.6, 0.03);
        Layer(0.25 * below * _head.Face, Skin, 0.4);
    }

    private void DrawNose()
    {
        Pixels sides = _head.NoseX.Abs();
        Pixels nostrils = Bump(sides, 0.46 * _plan[NoseHalfWidth], _head.NoseY, _plan[NoseTipY] + 0.062, 0.3 * _plan[NoseHalfWidth], 0.02);
        Layer(0.8 * nostrils * _head.Face, Lip, 0.22);
        Pixels wings = Bump(sides, 1.02 * _plan[NoseHalfWidth], _head.NoseY, _plan[NoseTipY] + 0.02, 0.018, 0.05);
        Pixels under = Bump(_head.NoseX, 0, _head.NoseY, _plan[NoseTipY] + 0.1, 0.9 * _plan[NoseHalfWidth], 0.035);
        Layer(((0.4 * wings) + (0.22 * under)).AtMost(0.6) * _head.Face, Skin, 0.35);
    }

    private void DrawMole()
    {
        double radius = Math.Max(_plan[MoleRadius], 1e-4);
        Pixels mole = Bump(_head.X, _plan[MoleX], _head.Y, _plan[MoleY], radius, radius);
        Layer(mole * Math.Min(60 * _plan[MoleRadius], 0.9), Skin, 0.25);
    }

    private void DrawFreckles()
    {
        double phase = _plan[MarkPhase];
        Pixels waves = ((61 * _head.X) + (17 * _head.Y) + phase).Sin() * ((53 * _head.Y) - (23 * _head.X) + (1.7 * phase)).Sin();
        Pixels where = Bump(_head.AbsoluteX, 0.22, _head.Y, 0.24, 0.25, 0.16);
        Layer(Inside(waves - 0.45, 0.12) * where * _plan[Freckles], Blush, 0.62);
    }

    /// <summary>The folds from the nose to the corners of the mouth, deeper in a smile.</summary>
    private void DrawFolds()
    {
        Pixels line = (0.55 * (_head.Y - _plan[NoseTipY])) + (_plan[NoseHalfWidth] + 0.04);
        Pixels folds = Ridge(_head.AbsoluteX, line, 0.022) * Ridge(_head.Y, 0.45, 0.12);
        Layer(folds * ((0.25 * _plan[FaceLines]) + (0.3 * Math.Max(_plan[Smile], 0))), Skin, 0.5);
    }

    private void DrawBeard()
    {
        Pixels jaw = Inside(_head.Y - 0.36 + (0.15 * _head.AbsoluteX.Square()), 0.05);
        Pixels lips = Bump(_head.X, 0, _head.Y, _plan[MouthY] + 0.01, 1.05 * _plan[MouthHalfWidth], 0.1);
        Pixels cheek = Bump(_head.AbsoluteX, 0.3, _head.Y, 0.36, 0.2, 0.14);
        Pixels beard = jaw * _plan[Beard] * (1 - cheek) * (1 - lips);
        Pixels moustache = Bump(_head.X, 0, _head.Y, _plan[MouthY] - 0.105, 0.85 * _plan[MouthHalfWidth], 0.04) * _plan[Moustache];
        Layer(Max(beard, moustache) * _head.Face, Brow, _shade);
    }

    private void DrawBlush()
    {
        Pixels blush = Bump(_head.AbsoluteX, 0.36, _head.Y, 0.26, 0.17, 0.14);
        Layer(0.45 * blush * _head.Face, Blush, _shade);
    }

    private void DrawSkin()
    {
        Layer(_head.Face, Skin, _shade);

        // The ears sit behind the cheeks: a turned head hides the one and shows more of the other.
        Pixels side = _head.U.Abs() + (0.1 * (_head.U.Sign() * _plan[YawSine]));
        Pixels ear = Ellipse(side, 0.985 * _plan[HalfWidth], _head.V, 0.06, 0.55 * _plan[EarSize], _plan[EarSize]);
        Pixels rim = ((0.5 * (ear - 0.55).Abs()) + 0.55).AtMost(0.85);
        Layer(Inside((1 - ear) * (0.3 * _plan[EarSize]), _soft), Skin, rim);
    }

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

    private Pixels HairShade(float[] heights) => Light(heights) * (1.05 + (0.09 * _head.HairRipple));
}
