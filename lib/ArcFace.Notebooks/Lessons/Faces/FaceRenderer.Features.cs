using static ArcFace.Notebooks.Lessons.Faces.FaceShapes;
using static ArcFace.Notebooks.Lessons.Faces.FaceValue;

namespace ArcFace.Notebooks.Lessons.Faces;

internal sealed partial class FaceRenderer
{
    private void DrawBrows()
    {
        Field along = ((_head.AbsoluteX - (_plan[EyeX] + 0.01)) / _plan[BrowHalfLength]).Keep();
        Field bow = along.Square().Keep();
        Field line = (along * (_plan[BrowSlant] * _plan[BrowHalfLength])) + (bow * _plan[BrowArch]) + (_plan[BrowY] - _plan[BrowRaise]);

        // Thick towards the nose, thin at the temple.
        Field thickness = (0.85 - (0.35 * along)).Clamp(0.15, 1.2) * _plan[BrowThickness];
        Field cover = Inside(thickness - (_head.Y - line).Abs(), _head.Soft.AtLeast(0.012)) * Inside(1 - bow, 0.12) * _head.Face;
        Layer(0.92 * cover, Brow, _head.Shade.Clamp(0.5, 1.1));
    }

    private void DrawEyes()
    {
        Field outwards = (_head.AbsoluteX - _plan[EyeX]).Keep();
        Field y = ((outwards * _plan[EyeSlant]) + _head.Y - _plan[EyeY]).Keep();
        Field along = (outwards / _plan[EyeHalfWidth]).Keep();
        Field bow = (1 - along.Square()).Keep();

        // The upper lid is highest a little towards the nose; the lower lid rises when the face smiles.
        Field open = (1 - _plan[EyeClosing]).Keep();
        Field upper = -(bow * (_plan[EyeUpper] * open) * (1 - (0.18 * along)));
        Field lower = bow * (_plan[EyeLower] * open * (1 - (0.3 * _plan[Smile].AtLeast(0))));
        Field belowUpper = (y - upper).Keep(), aboveLower = (lower - y).Keep();

        Field lidShape = (Inside(bow + 0.12, 0.08) * _head.Face).Keep();
        Field lash = Ridge(belowUpper, 0, (0.5 * _head.Pixel).AtLeast(0.017)) * lidShape;
        Layer(0.9 * lash, Brow, 0.45);

        Field edge = (0.7 * _head.Soft).Keep();
        Field opening = (Inside(Field.Min(belowUpper, aboveLower), edge) * _head.Face).Keep();
        Field side = _head.X.Sign().Keep();
        Field gazed = ((outwards - (side * _plan[Gaze])).Square() + (y + 0.008).Square()).Sqrt().Keep();
        Field shade = _head.Shade.Clamp(0.45, 1.05).Keep();
        Field glint = Bump(_head.X - (side * _plan[EyeX]), 0.04 * _plan[LightX], y, -0.028, 0.018, 0.018);
        Layer(0.75 * glint * opening, White, 0.95);
        Layer(Inside((0.45 * _plan[IrisRadius]) - gazed, edge) * opening, Iris, 0.12);
        Layer(Inside(_plan[IrisRadius] - gazed, edge) * opening, Iris, (1.15 - (0.4 * (gazed / _plan[IrisRadius]).Square())) * shade);
        Layer(opening, White, 0.9 * (0.7 + (0.3 * (belowUpper / 0.05).Clamp(0, 1))) * shade);

        // The fold above the lid, and the faint line below the eye.
        Field fold = 0.45 * Ridge(belowUpper, -0.045, 0.014);
        Field line = Ridge(aboveLower, -0.035, 0.02) * (0.12 + (0.3 * _plan[FaceLines]));
        Layer((fold + line) * lidShape, Skin, 0.45);
    }

    private void DrawMouth()
    {
        Field smile = _plan[Smile];
        Field along = (_head.X / (_plan[MouthHalfWidth] * (1 + (0.14 * smile)))).Keep();
        Field square = along.Square().Keep(), bow = (1 - square).Keep();
        Field y = (_head.Y - ((square * (-0.055 * smile)) + (_plan[MouthY] + (0.012 * smile)))).Keep();
        Field within = (Inside(bow + 0.02, 0.05) * _head.Face).Keep();
        Field opening = (bow.AtLeast(0) * _plan[MouthOpening]).Keep();

        Field lips = Ridge(y - (0.5 * opening), 0, (0.4 * _head.Pixel).AtLeast(0.013)) * within;
        Layer(0.75 * lips, Lip, 0.3);
        Field mouth = (Inside(Field.Min(y, opening - y), 0.6 * _head.Soft) * within).Keep();
        Field teeth = Inside((0.55 * opening) - y, _head.Soft) * mouth * Inside(_plan[MouthOpening] - 0.02, 0.01);
        Layer(teeth, White, 0.88 * _head.Shade.Clamp(0.4, 1));
        Layer(mouth, Lip, 0.2);

        Field cupid = 1 - (0.3 * Ridge(along, 0, 0.16));
        Field upper = Inside(y + (bow * _plan[UpperLip] * cupid), _head.Soft) * Inside(0.01 - y, _head.Soft);
        Layer(0.85 * upper * within, Lip, 0.86 * _head.Shade);
        Field full = ((bow.AtLeast(0).Sqrt() * _plan[LowerLip]) + opening).Keep();
        Field lower = Inside(full - y, _head.Soft) * Inside(y + 0.01, _head.Soft);
        Field swell = Bump(along, 0, y - opening, 0.4 * _plan[LowerLip], 0.5, 0.5 * _plan[LowerLip]);
        Layer(0.85 * lower * within, Lip, (0.96 + (0.16 * swell)) * _head.Shade);
        Field below = Bump(along, 0, y - full, 0.03, 0.6, 0.03);
        Layer(0.25 * below * _head.Face, Skin, 0.4);
    }

    private void DrawNose()
    {
        Field sides = _head.NoseX.Abs().Keep();
        Field nostrils = Bump(sides, 0.46 * _plan[NoseHalfWidth], _head.NoseY, _plan[NoseTipY] + 0.062, 0.3 * _plan[NoseHalfWidth], 0.02);
        Layer(0.8 * nostrils * _head.Face, Lip, 0.22);
        Field wings = Bump(sides, 1.02 * _plan[NoseHalfWidth], _head.NoseY, _plan[NoseTipY] + 0.02, 0.018, 0.05);
        Field under = Bump(_head.NoseX, 0, _head.NoseY, _plan[NoseTipY] + 0.1, 0.9 * _plan[NoseHalfWidth], 0.035);
        Layer(((0.4 * wings) + (0.22 * under)).AtMost(0.6) * _head.Face, Skin, 0.35);
    }

    private void DrawMole()
    {
        Field radius = _plan[MoleRadius].AtLeast(1e-4).Keep();
        Field mole = Bump(_head.X, _plan[MoleX], _head.Y, _plan[MoleY], radius, radius);
        Layer(mole * (60 * _plan[MoleRadius]).AtMost(0.9), Skin, 0.25);
    }

    private void DrawFreckles()
    {
        Field phase = _plan[MarkPhase];
        Field waves = ((61 * _head.X) + (17 * _head.Y) + phase).Sin() * ((53 * _head.Y) - (23 * _head.X) + (1.7 * phase)).Sin();
        Field where = Bump(_head.AbsoluteX, 0.22, _head.Y, 0.24, 0.25, 0.16);
        Layer(Inside(waves - 0.45, 0.12) * where * _plan[Freckles], Blush, 0.62);
    }

    /// <summary>The folds from the nose to the corners of the mouth, deeper in a smile.</summary>
    private void DrawFolds()
    {
        Field line = (0.55 * (_head.Y - _plan[NoseTipY])) + (_plan[NoseHalfWidth] + 0.04);
        Field folds = Ridge(_head.AbsoluteX, line, 0.022) * Ridge(_head.Y, 0.45, 0.12);
        Layer(folds * ((0.25 * _plan[FaceLines]) + (0.3 * _plan[Smile].AtLeast(0))), Skin, 0.5);
    }

    private void DrawBeard()
    {
        Field jaw = Inside(_head.Y - 0.36 + (0.15 * _head.AbsoluteX.Square()), 0.05);
        Field lips = Bump(_head.X, 0, _head.Y, _plan[MouthY] + 0.01, 1.05 * _plan[MouthHalfWidth], 0.1);
        Field cheek = Bump(_head.AbsoluteX, 0.3, _head.Y, 0.36, 0.2, 0.14);
        Field beard = jaw * _plan[Beard] * (1 - cheek) * (1 - lips);
        Field moustache = Bump(_head.X, 0, _head.Y, _plan[MouthY] - 0.105, 0.85 * _plan[MouthHalfWidth], 0.04) * _plan[Moustache];
        Layer(Field.Max(beard, moustache) * _head.Face, Brow, _head.Shade);
    }

    private void DrawBlush()
    {
        Field blush = Bump(_head.AbsoluteX, 0.36, _head.Y, 0.26, 0.17, 0.14);
        Layer(0.45 * blush * _head.Face, Blush, _head.Shade);
    }
}
