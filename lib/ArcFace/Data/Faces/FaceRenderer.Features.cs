using static ArcFace.Data.Faces.FaceShapes;
using static ArcFace.Data.Faces.FaceValue;
using static TorchSharp.torch;

namespace ArcFace.Data.Faces;

internal sealed partial class FaceRenderer
{
    private void DrawBrows()
    {
        Tensor along = _head.AbsoluteX.sub(_plan[EyeX] + 0.01).div_(_plan[BrowHalfLength]);
        Tensor bow = along.square();
        Tensor line = (along * (_plan[BrowSlant] * _plan[BrowHalfLength])).add_(bow.mul(_plan[BrowArch]));
        line.add_(_plan[BrowY] - _plan[BrowRaise]);

        // Thick towards the nose, thin at the temple.
        Tensor thickness = along.mul(-0.35).add_(0.85).clamp_(0.15, 1.2).mul_(_plan[BrowThickness]);
        Tensor cover = Inside(_head.Y.sub(line).abs_().neg_().add_(thickness), _head.Soft.clamp_min(0.012));
        cover.mul_(Inside(bow.neg_().add_(1), Length(0.12))).mul_(_head.Face);
        Layer(cover.mul_(0.92), Brow, _head.Shade.clamp(0.5, 1.1));
    }

    private void DrawEyes()
    {
        Tensor outwards = _head.AbsoluteX.sub(_plan[EyeX]);
        Tensor y = (outwards * _plan[EyeSlant]).add_(_head.Y).sub_(_plan[EyeY]);
        Tensor along = outwards.div(_plan[EyeHalfWidth]);
        Tensor bow = along.square().neg_().add_(1);

        // The upper lid is highest a little towards the nose; the lower lid rises when the face smiles.
        Tensor open = _plan[EyeClosing].neg().add_(1);
        Tensor upper = bow.mul(_plan[EyeUpper] * open).mul_(along.mul(-0.18).add_(1)).neg_();
        Tensor lower = bow.mul(_plan[EyeLower] * open * (1 - (_plan[Smile].clamp_min(0) * 0.3)));
        Tensor belowUpper = y.sub(upper), aboveLower = lower.sub(y);

        Tensor lidShape = Inside(bow.add(0.12), Length(0.08)).mul_(_head.Face);
        Tensor lash = Ridge(belowUpper, _zero, Length(0.017).maximum(_head.Pixel * 0.5)).mul_(lidShape);
        Layer(lash.mul_(0.9), Brow, 0.45);

        Tensor opening = Inside(belowUpper.minimum(aboveLower), _head.Soft * 0.7).mul_(_head.Face);
        Tensor gazed = outwards.sub_(_head.X.sign().mul_(_plan[Gaze])).pow_(2).add_(y.add(0.008).pow_(2)).sqrt_();
        Tensor shade = _head.Shade.clamp(0.45, 1.05);
        Tensor fromEye = _head.X.sub(_head.X.sign().mul_(_plan[EyeX]));
        Tensor glint = Bump(fromEye, _plan[LightX] * 0.04, y, Length(-0.028), Length(0.018), Length(0.018));
        _layers.Add(glint.mul_(opening).mul_(0.75), White(0.95));
        Layer(Inside(gazed.neg().add_(_plan[IrisRadius] * 0.45), _head.Soft * 0.7).mul_(opening), Iris, 0.12);
        Tensor iris = Inside(gazed.neg().add_(_plan[IrisRadius]), _head.Soft * 0.7).mul_(opening);
        Layer(iris, Iris, gazed.div(_plan[IrisRadius]).pow_(2).mul_(-0.4).add_(1.15).mul_(shade));
        Tensor underLid = belowUpper.div(0.05).clamp_(0, 1).mul_(0.3).add_(0.7).mul_(shade);
        _layers.Add(opening, White(0.9), underLid);

        // The fold above the lid, and the faint line below the eye.
        Tensor fold = Ridge(belowUpper, Length(-0.045), Length(0.014)).mul_(lidShape).mul_(0.45);
        fold.add_(Ridge(aboveLower, Length(-0.035), Length(0.02)).mul_(lidShape).mul_(_plan[FaceLines].mul(0.3).add_(0.12)));
        Layer(fold, Skin, 0.45);
    }

    private void DrawMouth()
    {
        Tensor smile = _plan[Smile];
        Tensor halfWidth = _plan[MouthHalfWidth] * (smile * 0.14).add_(1);
        Tensor along = _head.X.div(halfWidth);
        Tensor bow = along.square();
        Tensor middle = bow.mul(smile * -0.055).add_(_plan[MouthY] + (smile * 0.012));
        Tensor y = _head.Y.sub(middle);
        bow.neg_().add_(1);
        Tensor within = Inside(bow.add(0.02), Length(0.05)).mul_(_head.Face);
        Tensor opening = bow.clamp_min(0).mul_(_plan[MouthOpening]);

        Tensor lips = Ridge(y.sub(opening.mul(0.5)), _zero, Length(0.013).maximum(_head.Pixel * 0.4)).mul_(within);
        Layer(lips.mul_(0.75), Lip, 0.3);
        Tensor mouth = Inside(y.minimum(opening - y), _head.Soft * 0.6).mul_(within);
        Tensor teeth = Inside(opening.mul(0.55).sub_(y), _head.Soft).mul_(mouth).mul_(Inside(_plan[MouthOpening] - 0.02, Length(0.01)));
        _layers.Add(teeth, White(0.88), _head.Shade.clamp(0.4, 1));
        Layer(mouth, Lip, 0.2);

        Tensor cupid = Ridge(along, _zero, Length(0.16)).mul_(-0.3).add_(1);
        Tensor upper = Inside(y.add(bow.mul(_plan[UpperLip]).mul_(cupid)), _head.Soft).mul_(Inside(y.neg().add_(0.01), _head.Soft));
        Layer(upper.mul_(within).mul_(0.85), Lip, _head.Shade * 0.86);
        Tensor full = bow.clamp_min(0).sqrt_().mul_(_plan[LowerLip]).add_(opening);
        Tensor lower = Inside(full.sub(y), _head.Soft).mul_(Inside(y.add(0.01), _head.Soft));
        Tensor swell = Bump(along, Length(0), y.sub(opening), _plan[LowerLip] * 0.4, Length(0.5), _plan[LowerLip] * 0.5);
        Layer(lower.mul_(within).mul_(0.85), Lip, swell.mul_(0.16).add_(0.96).mul_(_head.Shade));
        Tensor below = Bump(along, _zero, y.sub(full), Length(0.03), Length(0.6), Length(0.03)).mul_(0.25);
        Layer(below.mul_(_head.Face), Skin, 0.4);
    }

    private void DrawNose()
    {
        Tensor sides = _head.NoseX.abs();
        Tensor nostrils = Bump(
            sides, _plan[NoseHalfWidth] * 0.46, _head.NoseY, _plan[NoseTipY] + 0.062, _plan[NoseHalfWidth] * 0.3, Length(0.02));
        Layer(nostrils.mul_(0.8).mul_(_head.Face), Lip, 0.22);
        Tensor wings = Bump(sides, _plan[NoseHalfWidth] * 1.02, _head.NoseY, _plan[NoseTipY] + 0.02, Length(0.018), Length(0.05));
        Tensor under = Bump(_head.NoseX, _zero, _head.NoseY, _plan[NoseTipY] + 0.1, _plan[NoseHalfWidth] * 0.9, Length(0.035));
        Layer(wings.mul_(0.4).add_(under.mul_(0.22)).clamp_max_(0.6).mul_(_head.Face), Skin, 0.35);
    }

    private void DrawMole()
    {
        Tensor radius = _plan[MoleRadius].clamp_min(1e-4);
        Tensor mole = Bump(_head.X, _plan[MoleX], _head.Y, _plan[MoleY], radius, radius);
        Layer(mole.mul_(_plan[MoleRadius].mul(60).clamp_max(0.9)), Skin, 0.25);
    }

    private void DrawFreckles()
    {
        Tensor phase = _plan[MarkPhase];
        Tensor dots = (_head.X * 61).add_(_head.Y * 17).add_(phase).sin_();
        dots.mul_((_head.X * -23).add_(_head.Y * 53).add_(phase * 1.7).sin_());
        Tensor where = Bump(_head.AbsoluteX, Length(0.22), _head.Y, Length(0.24), Length(0.25), Length(0.16));
        dots = Inside(dots.sub_(0.45), Length(0.12)).mul_(where);
        Layer(dots.mul_(_plan[Freckles]), Blush, 0.62);
    }

    /// <summary>The folds from the nose to the corners of the mouth, deeper in a smile.</summary>
    private void DrawFolds()
    {
        Tensor line = _head.Y.sub(_plan[NoseTipY]).mul_(0.55).add_(_plan[NoseHalfWidth] + 0.04);
        Tensor folds = Ridge(_head.AbsoluteX, line, Length(0.022)).mul_(Ridge(_head.Y, Length(0.45), Length(0.12)));
        Layer(folds.mul_(_plan[FaceLines].mul(0.25).add_(_plan[Smile].clamp_min(0) * 0.3)), Skin, 0.5);
    }

    private void DrawBeard()
    {
        Tensor jaw = Inside(_head.Y.sub(0.36).add_(_head.AbsoluteX.square().mul_(0.15)), Length(0.05));
        Tensor lipArea = Bump(_head.X, _zero, _head.Y, _plan[MouthY] + 0.01, _plan[MouthHalfWidth] * 1.05, Length(0.1));
        Tensor cheek = Bump(_head.AbsoluteX, Length(0.3), _head.Y, Length(0.36), Length(0.2), Length(0.14));
        Tensor beard = jaw.mul_(_plan[Beard]).mul_(cheek.neg_().add_(1)).mul_(lipArea.neg_().add_(1));
        Tensor moustache = Bump(_head.X, _zero, _head.Y, _plan[MouthY] - 0.105, _plan[MouthHalfWidth] * 0.85, Length(0.04));
        moustache.mul_(_plan[Moustache]);
        Layer(beard.maximum(moustache).mul_(_head.Face), Brow, _head.Shade);
    }

    private void DrawBlush()
    {
        Tensor blush = Bump(_head.AbsoluteX, Length(0.36), _head.Y, Length(0.26), Length(0.17), Length(0.14)).mul_(0.45);
        Layer(blush.mul_(_head.Face), Blush, _head.Shade);
    }

    private Tensor White(double white) => zeros_like(_plan.Colour(Skin)).add_(white);
}
