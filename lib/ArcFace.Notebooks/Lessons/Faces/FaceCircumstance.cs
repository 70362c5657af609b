using static ArcFace.Notebooks.Lessons.Faces.FaceValue;

namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>What differs between two pictures of one person: all that a network must learn to look past.</summary>
internal static class FaceCircumstance
{
    /// <param name="key">The picture's key.</param>
    /// <param name="difficulty">0: a passport picture. 1: turned far, lit from the side, covered, blurred.</param>
    /// <param name="row">Where the values go.</param>
    public static void Draw(ulong key, double difficulty, FaceRow row)
    {
        var chance = new Chance(key);
        DrawPose(chance, difficulty, row);
        DrawLight(chance, difficulty, row);
        DrawExpression(chance, difficulty, row);
        DrawAccessories(chance, difficulty, row);
        DrawSurroundings(chance, difficulty, row);
        row.Set(GrainStart, FaceGrain.Start(key));
    }

    private static void DrawPose(Chance chance, double difficulty, FaceRow row)
    {
        double yaw = chance.Around(0, Radians(2 + (24 * difficulty)));
        double pitch = chance.Around(0, Radians(1 + (10 * difficulty)));
        double roll = chance.Around(0, Radians(1 + (8 * difficulty)));
        (double yawSine, double yawCosine) = Math.SinCos(yaw);
        (double rollSine, double rollCosine) = Math.SinCos(roll);
        row.Set(YawSine, yawSine);
        row.Set(YawCosine, yawCosine);
        row.Set(PitchSine, Math.Sin(pitch));
        row.Set(RollSine, rollSine);
        row.Set(RollCosine, rollCosine);
        row.Set(Zoom, 0.8 * Math.Exp(chance.Around(0, 0.01 + (0.07 * difficulty))));
        row.Set(ShiftX, chance.Around(0, 0.01 + (0.06 * difficulty)));
        row.Set(ShiftY, chance.Around(0.02, 0.01 + (0.06 * difficulty)));
    }

    private static void DrawLight(Chance chance, double difficulty, FaceRow row)
    {
        double azimuth = chance.Around(0, Radians(15 + (40 * difficulty)));
        double elevation = chance.Around(Radians(30), Radians(5 + (15 * difficulty)));
        row.Set(LightX, Math.Sin(azimuth) * Math.Cos(elevation));
        row.Set(LightY, -Math.Sin(elevation));
        row.Set(LightZ, Math.Cos(azimuth) * Math.Cos(elevation));
        row.Set(Ambient, chance.Between(0.55 - (0.3 * difficulty), 0.6));

        double warmth = chance.Around(0, 0.01 + (0.06 * difficulty));
        double exposure = Math.Exp(chance.Around(0, 0.04 + (0.18 * difficulty)));
        row.Set(White, new Colour(1, 1, 1));
        row.Set(Cast, new Colour(1 + warmth, 1, 1 - warmth) * exposure);
    }

    private static void DrawExpression(Chance chance, double difficulty, FaceRow row)
    {
        row.Set(Smile, chance.Around(0.15, 0.1 + (0.5 * difficulty)));
        row.Set(MouthOpening, Math.Max(0, chance.Around(-0.03, 0.01 + (0.06 * difficulty))));
        row.Set(BrowRaise, chance.Around(0, 0.005 + (0.025 * difficulty)));
        row.Set(EyeClosing, Math.Clamp(chance.Around(0, 0.05 + (0.3 * difficulty)), -0.2, 0.8));
        row.Set(Gaze, chance.Around(0, 0.005 + (0.03 * difficulty)));
    }

    private static void DrawAccessories(Chance chance, double difficulty, FaceRow row)
    {
        row.Set(Glasses, chance.Happens(0.3 * difficulty) ? 1 : 0);
        row.Set(LensSize, chance.Around(1, 0.12));
        row.Set(LensTint, chance.Happens(0.3 * difficulty) ? chance.Between(0.5, 0.95) : 0.08);
        row.Set(FrameThickness, chance.Between(0.012, 0.03));
        row.Set(Frame, Colour.OnRamp(chance.Between(0, 1), new(0.05, 0.05, 0.06), new(0.30, 0.15, 0.08), new(0.62, 0.58, 0.50)));
        row.Set(Lens, Colour.OnRamp(chance.Between(0, 1), new(0.08, 0.08, 0.09), new(0.18, 0.12, 0.08)));
        row.Set(Mask, chance.Happens(0.2 * difficulty) ? 1 : 0);
        row.Set(MaskCloth, Colour.OnRamp(chance.Between(0, 1), new(0.12, 0.12, 0.14), new(0.55, 0.72, 0.82), new(0.9, 0.91, 0.92)));
    }

    private static void DrawSurroundings(Chance chance, double difficulty, FaceRow row)
    {
        row.Set(Clothes, AnyColour(chance, 0.85));
        row.Set(BackgroundFirst, AnyColour(chance, 0.95));
        row.Set(BackgroundSecond, AnyColour(chance, 0.95));
        row.Set(BackgroundX, chance.Between(-1.5, 1.5));
        row.Set(BackgroundY, chance.Between(-1.5, 1.5));
        row.Set(BlurPixels, 0.25 + Math.Abs(chance.Around(0, 0.7 * difficulty)));
        row.Set(NoiseStrength, 0.004 + Math.Abs(chance.Around(0, 0.03 * difficulty)));
    }

    private static Colour AnyColour(Chance chance, double lightest)
    {
        double grey = chance.Between(0.1, lightest);
        return Colour.Lerp(new(grey, grey, grey), new(chance.Between(0, 1), chance.Between(0, 1), chance.Between(0, 1)), 0.35);
    }

    private static double Radians(double degrees) => degrees * Math.PI / 180;
}
