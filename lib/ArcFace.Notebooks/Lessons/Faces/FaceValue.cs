namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>
/// The numbers a picture is drawn from, one column each. Lengths are in face units: the middle of the face is (0, 0), x goes
/// to the right, y down, and from the crown to the chin the face goes from about −1 to +0.93. Angles are in radians.
/// </summary>
internal enum FaceValue
{
    // The person.
    HalfWidth, JawPower, ChinY,
    EyeX, EyeY, EyeHalfWidth, EyeUpper, EyeLower, EyeSlant, IrisRadius,
    BrowY, BrowThickness, BrowSlant, BrowArch, BrowHalfLength,
    NoseTipY, NoseHalfWidth, NoseHeight, BridgeHalfWidth,
    MouthY, MouthHalfWidth, UpperLip, LowerLip,
    HairVolume, HairEndY, HairlineY, HairParting, HairCurl, SideburnY,
    EarSize, Beard, Moustache, Freckles, MoleX, MoleY, MoleRadius, FaceLines, MarkPhase,

    // The picture.
    YawSine, YawCosine, PitchSine, RollSine, RollCosine, Zoom, ShiftX, ShiftY,
    LightX, LightY, LightZ, Ambient,
    Smile, MouthOpening, BrowRaise, EyeClosing, Gaze,
    Glasses, LensSize, LensTint, FrameThickness, Mask,
    BackgroundX, BackgroundY, BlurPixels, NoiseStrength, GrainStart,

    // Colours: three columns each, red, green, blue.
    Skin, Blush = Skin + 3, Lip = Blush + 3, Hair = Lip + 3, Brow = Hair + 3, Iris = Brow + 3,
    Clothes = Iris + 3, BackgroundFirst = Clothes + 3, BackgroundSecond = BackgroundFirst + 3, Frame = BackgroundSecond + 3,
    Lens = Frame + 3, MaskCloth = Lens + 3, White = MaskCloth + 3,

    // What the light makes of white: every colour is multiplied by it.
    Cast = White + 3,

    Count = Cast + 3,
}
