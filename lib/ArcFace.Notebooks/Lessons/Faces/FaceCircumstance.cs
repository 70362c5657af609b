using static ArcFace.Notebooks.Lessons.Faces.FaceValue;

namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>What differs between two pictures of one person: all that a network must learn to look past.</summary>
internal static class FaceCircumstance
{
    /// <summary>Draws from the picture's key; difficulty 0: a passport picture. 1: turned far, lit from the side, covered, blurred.</summary>
    public static void Draw(ulong key, double difficulty, FacePlan plan)
    {
        var draws = new FaceDraws(key);
        plan[GrainStart] = FaceCamera.GrainStartOf(key);
        (plan[YawSine], plan[YawCosine]) = Math.SinCos(draws.Around(0, Radians(2 + (24 * difficulty))));
        plan[PitchSine] = Math.Sin(draws.Around(0, Radians(1 + (10 * difficulty))));
        (plan[RollSine], plan[RollCosine]) = Math.SinCos(draws.Around(0, Radians(1 + (8 * difficulty))));
        plan[Zoom] = 0.8 * Math.Exp(draws.Around(0, 0.01 + (0.07 * difficulty)));
        plan[ShiftX] = draws.Around(0, 0.01 + (0.06 * difficulty));
        plan[ShiftY] = draws.Around(0.02, 0.01 + (0.06 * difficulty));

        double azimuth = draws.Around(0, Radians(15 + (40 * difficulty)));
        double elevation = draws.Around(Radians(30), Radians(5 + (15 * difficulty)));
        plan[LightX] = Math.Sin(azimuth) * Math.Cos(elevation);
        plan[LightY] = -Math.Sin(elevation);
        plan[LightZ] = Math.Cos(azimuth) * Math.Cos(elevation);
        plan[Ambient] = draws.Between(0.55 - (0.3 * difficulty), 0.6);

        double warmth = draws.Around(0, 0.01 + (0.06 * difficulty));
        double exposure = Math.Exp(draws.Around(0, 0.04 + (0.18 * difficulty)));
        plan.Set(White, new Colour(1, 1, 1));
        plan.Set(Cast, new Colour(1 + warmth, 1, 1 - warmth) * exposure);

        plan[Smile] = draws.Around(0.15, 0.1 + (0.5 * difficulty));
        plan[MouthOpening] = Math.Max(0, draws.Around(-0.03, 0.01 + (0.06 * difficulty)));
        plan[BrowRaise] = draws.Around(0, 0.005 + (0.025 * difficulty));
        plan[EyeClosing] = Math.Clamp(draws.Around(0, 0.05 + (0.3 * difficulty)), -0.2, 0.8);
        plan[Gaze] = draws.Around(0, 0.005 + (0.03 * difficulty));

        plan[Glasses] = draws.Happens(0.3 * difficulty) ? 1 : 0;
        plan[LensSize] = draws.Around(1, 0.12);
        plan[LensTint] = draws.Happens(0.3 * difficulty) ? draws.Between(0.5, 0.95) : 0.08;
        plan[FrameThickness] = draws.Between(0.012, 0.03);
        plan.Set(Frame, Colour.OnRamp(draws.Between(0, 1), new(0.05, 0.05, 0.06), new(0.30, 0.15, 0.08), new(0.62, 0.58, 0.50)));
        plan.Set(Lens, Colour.OnRamp(draws.Between(0, 1), new(0.08, 0.08, 0.09), new(0.18, 0.12, 0.08)));
        plan[Mask] = draws.Happens(0.2 * difficulty) ? 1 : 0;
        plan.Set(MaskCloth, Colour.OnRamp(draws.Between(0, 1), new(0.12, 0.12, 0.14), new(0.55, 0.72, 0.82), new(0.9, 0.91, 0.92)));

        plan.Set(Clothes, AnyColour(draws, 0.85));
        plan.Set(BackgroundFirst, AnyColour(draws, 0.95));
        plan.Set(BackgroundSecond, AnyColour(draws, 0.95));
        plan[BackgroundX] = draws.Between(-1.5, 1.5);
        plan[BackgroundY] = draws.Between(-1.5, 1.5);
        plan[BlurPixels] = 0.25 + Math.Abs(draws.Around(0, 0.7 * difficulty));
        plan[NoiseStrength] = 0.004 + Math.Abs(draws.Around(0, 0.03 * difficulty));
    }

    private static Colour AnyColour(FaceDraws draws, double lightest)
    {
        double grey = draws.Between(0.1, lightest);
        return Colour.Lerp(new(grey, grey, grey), new(draws.Between(0, 1), draws.Between(0, 1), draws.Between(0, 1)), 0.35);
    }

    private static double Radians(double degrees) => degrees * Math.PI / 180;
}
