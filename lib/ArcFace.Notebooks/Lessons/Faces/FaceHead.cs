using static ArcFace.Notebooks.Lessons.Faces.FaceValue;
using static ArcFace.Notebooks.Lessons.Faces.Pixels;

namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>Where pixels lie on the turned head. Lengths are in face units (<see cref="FaceValue"/>).</summary>
internal readonly struct FaceHead
{
    public const double SkullDepth = 0.62;

    // Across and down the upright head as it is seen.
    public readonly Pixels U, V;

    // Across and down the face as it looks from the front. Of x, |x| too, since both halves are drawn at once; and both on the nose, which
    // stands out of the face and so moves more.
    public readonly Pixels X, Y, AbsoluteX, NoseX, NoseY;

    // 1 within the outline of the face; how far it stands out of a smooth head, the nose most, the eyes less than nothing; and its height.
    public readonly Pixels Face, Relief, Height;

    // The waves of the hair; 1 on the skull made thicker by the hair, and on the outline of what falls behind it, less inside; across that.
    public readonly Pixels HairRipple, FrontHair, BackHair, Behind;

    /// <summary>The pixels lie across from −1 at the left border to 1 at the right one, and down from −1 at the upper one to 1 at the lower.</summary>
    public FaceHead(FacePlan plan, Pixels across, Pixels down, double softness)
    {
        // The picture's own frame: shifted, tilted and scaled, the head upright in the middle.
        Pixels right = across - plan[ShiftX], below = down - plan[ShiftY];
        double cosine = plan[RollCosine] * (1 / plan[Zoom]), sine = plan[RollSine] * (1 / plan[Zoom]);
        U = (right * cosine) + (below * sine);
        V = (below * cosine) - (right * sine);

        // The chin is farther from the neck than the crown, so a turn of the head carries it along.
        Pixels turnedU = U - (0.2 * plan[YawSine] * V.Clamp(0, 1).Square());
        Pixels side = (turnedU / plan[HalfWidth]).Square();
        Pixels outline = (V.AtLeast(1e-6) / plan[ChinY]).Power(plan[JawPower]) + side + V.Clamp(-2, 0).Square();
        Face = Inside((1 - outline) * (0.5 * plan[HalfWidth]), softness);

        // The point of the face seen at the pixel, in the coordinates of the face as it looks from the front. Every
        // feature drawn there moves with the turn by as much as its depth asks for, and narrows on the far side.
        Pixels depth = SkullDepth * (1.15 - (0.85 * side) - (0.75 * V.Square())).AtLeast(0.06).Sqrt();
        X = (turnedU * plan[YawCosine]) - (depth * plan[YawSine]);
        Y = V - ((depth - (0.6 * SkullDepth)) * plan[PitchSine]);
        AbsoluteX = X.Abs();
        Pixels noseRise = ((Y - plan[EyeY]) / (plan[NoseTipY] - plan[EyeY])).Clamp(0, 1);
        NoseX = X - (noseRise * (plan[NoseHeight] * plan[YawSine]));
        NoseY = Y - (noseRise * (plan[NoseHeight] * plan[PitchSine]));
        Relief = ReliefAt(plan, noseRise);
        Height = depth + Relief;

        double phase = plan[MarkPhase];
        Pixels coarse = ((19 * X) + (Y * (9 * Math.Clamp(plan[HairParting] * 1e30, -1, 1))) + phase).Sin();
        HairRipple = coarse + (0.6 * ((37 * X) - (7 * Y) + (3 * phase)).Sin());
        Pixels curl = HairRipple * (0.06 * plan[HairCurl]);
        double volume = plan[HairVolume];
        FrontHair = Ellipse(U, -0.06 * plan[YawSine], V, -0.12, plan[HalfWidth] + (0.75 * volume), volume + 0.88) + curl;
        Behind = (U + (0.14 * plan[YawSine])).Abs();
        BackHair = Ellipse(Behind, 0, V, -0.12, plan[HalfWidth] + (0.95 * volume), volume + 0.9) + curl;
    }

    /// <summary>The relief, with a nose that rises from 0 between the eyes to 1 at its tip and below.</summary>
    private Pixels ReliefAt(FacePlan plan, Pixels noseRise)
    {
        // The nose: a ridge that rises from between the eyes and ends at the tip, a ball there, a wing at each side.
        Pixels width = plan[BridgeHalfWidth] + (noseRise.Square() * (0.45 * (plan[NoseHalfWidth] - plan[BridgeHalfWidth])));
        Pixels end = Inside(plan[NoseTipY] + 0.05 - NoseY, 0.022);
        Pixels ridge = Ridge(NoseX, 0, width) * noseRise * end * (0.75 * plan[NoseHeight]);
        Pixels ball = Bump(NoseX, 0, NoseY, plan[NoseTipY], 0.62 * plan[NoseHalfWidth], 0.075) * (0.35 * plan[NoseHeight]);
        Pixels wings = Bump(NoseX.Abs(), 0.82 * plan[NoseHalfWidth], NoseY, plan[NoseTipY] + 0.025, 0.36 * plan[NoseHalfWidth], 0.05);

        Pixels sockets = Bump(AbsoluteX, 0.92 * plan[EyeX], Y, plan[EyeY] - 0.01, 0.17, 0.1);
        Pixels cheeks = Bump(AbsoluteX, 0.39, Y, 0.24, 0.17, 0.15);
        Pixels brow = Ridge(Y, plan[BrowY] + 0.03, 0.08) * Ridge(X, 0, 0.42);

        Pixels lips = Bump(X, 0, Y, plan[MouthY], plan[MouthHalfWidth], 0.11);
        Pixels underLips = Bump(X, 0, Y, plan[MouthY] + 0.16, 0.6 * plan[MouthHalfWidth], 0.045);
        Pixels chin = Bump(X, 0, Y, plan[ChinY] - 0.13, 0.17, 0.1);
        return ridge + ball + (0.055 * wings) - (0.075 * sockets) + (0.05 * cheeks) + (0.03 * brow)
            + (0.05 * lips) - (0.035 * underLips) + (0.06 * chin);
    }
}
