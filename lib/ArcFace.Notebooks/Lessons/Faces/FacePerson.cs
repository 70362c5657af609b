using static ArcFace.Notebooks.Lessons.Faces.FaceValue;

namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>What makes a person: thirty-odd continuous traits, drawn once from the person's key.</summary>
internal static class FacePerson
{
    public static void Draw(ulong key, FacePlan plan)
    {
        var draws = new FaceDraws(key);
        plan[HalfWidth] = draws.Around(0.67, 0.045);
        plan[JawPower] = draws.Around(2.5, 0.45);
        plan[ChinY] = draws.Around(0.95, 0.045);
        plan[EarSize] = draws.Around(0.15, 0.025);

        double eyeY = draws.Around(-0.03, 0.02);
        plan[EyeX] = draws.Around(0.285, 0.022);
        plan[EyeY] = eyeY;
        plan[EyeHalfWidth] = draws.Around(0.135, 0.014);
        plan[EyeUpper] = draws.Around(0.066, 0.013);
        plan[EyeLower] = draws.Around(0.042, 0.007);
        plan[EyeSlant] = draws.Around(-0.06, 0.11);
        plan[IrisRadius] = draws.Around(0.064, 0.005);
        plan[BrowY] = eyeY - draws.Around(0.185, 0.024);
        plan[BrowThickness] = draws.Around(0.032, 0.011);
        plan[BrowSlant] = draws.Around(-0.05, 0.13);
        plan[BrowArch] = draws.Around(0.045, 0.025);
        plan[BrowHalfLength] = draws.Around(0.175, 0.018);

        plan[NoseTipY] = draws.Around(0.31, 0.04);
        plan[NoseHalfWidth] = draws.Around(0.12, 0.022);
        plan[NoseHeight] = draws.Around(0.2, 0.04);
        plan[BridgeHalfWidth] = draws.Around(0.06, 0.01);
        plan[MouthY] = draws.Around(0.58, 0.025);
        plan[MouthHalfWidth] = draws.Around(0.24, 0.03);
        double fullness = draws.Around(1, 0.28);
        plan[UpperLip] = 0.048 * fullness * draws.Around(1, 0.12);
        plan[LowerLip] = 0.066 * fullness;

        double tone = draws.Between(0, 1);
        double warmth = draws.Around(0, 0.03);
        Colour skin = Colour.OnRamp(tone, new(0.33, 0.21, 0.15), new(0.56, 0.38, 0.28), new(0.78, 0.58, 0.45), new(0.93, 0.76, 0.67))
            + new Colour(warmth, 0, -warmth);
        double redness = draws.Between(0.35, 0.9);
        plan.Set(Skin, skin);
        plan.Set(Blush, skin * new Colour(1.0, 0.72, 0.70));
        plan.Set(Lip, skin * Colour.Lerp(new(0.93, 0.74, 0.72), new(0.86, 0.42, 0.45), redness));

        // Dark skin seldom comes with fair hair: its hair tone is drawn from the dark end.
        double hairTone = draws.Between(0, 1) * (0.25 + (0.75 * tone));
        Colour hair = Colour.OnRamp(hairTone, new(0.07, 0.06, 0.06), new(0.17, 0.11, 0.08), new(0.38, 0.24, 0.14), new(0.72, 0.55, 0.32))
            + (new Colour(0.16, 0.02, -0.03) * Math.Max(0, draws.Around(-0.2, 0.6)));
        double grey = Math.Max(0, draws.Around(-0.45, 0.6));
        hair = Colour.Lerp(hair, new(0.72, 0.71, 0.70), Math.Min(grey, 0.9));
        plan.Set(Hair, hair);
        plan.Set(Brow, Colour.Lerp(hair * 0.75, new(0.10, 0.07, 0.06), 0.35));
        double irisTone = draws.Between(0, 1) * (0.2 + (0.8 * tone));
        plan.Set(Iris, Colour.OnRamp(irisTone, new(0.13, 0.08, 0.05), new(0.32, 0.20, 0.10), new(0.33, 0.38, 0.24), new(0.38, 0.52, 0.66)));

        plan[HairVolume] = draws.Around(0.12, 0.045);
        plan[HairEndY] = draws.Between(-0.35, 1.5);
        plan[HairlineY] = draws.Around(-0.56, 0.08);
        plan[HairParting] = draws.Around(0, 0.35);
        plan[HairCurl] = draws.Between(0, 1);
        plan[SideburnY] = draws.Around(0.05, 0.15);

        plan[Beard] = Math.Clamp(draws.Around(-0.5, 0.9), 0, 0.85);
        plan[Moustache] = Math.Clamp(draws.Around(-0.6, 0.8), 0, 0.8);
        plan[Freckles] = Math.Clamp(draws.Around(-0.4, 0.6) * tone, 0, 0.6);
        plan[MoleX] = draws.Between(-0.45, 0.45);
        plan[MoleY] = draws.Between(0.1, 0.75);
        plan[MoleRadius] = Math.Max(0, draws.Around(0.008, 0.014));
        plan[FaceLines] = Math.Max(0, draws.Around(0, 0.5));
        plan[MarkPhase] = draws.Between(0, 100);
    }
}
