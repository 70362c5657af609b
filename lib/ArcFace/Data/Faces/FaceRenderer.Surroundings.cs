using static ArcFace.Data.Faces.FaceShapes;
using static ArcFace.Data.Faces.FaceValue;
using static TorchSharp.torch;

namespace ArcFace.Data.Faces;

internal sealed partial class FaceRenderer
{
    private void DrawMask()
    {
        Tensor top = Ridge(_head.NoseX, _zero, Length(0.2)).mul_(-0.14).add_(0.3).add_(_head.AbsoluteX.square().mul_(0.1));
        Tensor cover = Inside(_head.Y.sub(top), _head.Soft).mul_(_head.Face);
        Tensor pleats = (_head.Y * 34).sin_().mul_(0.05).add_(1).mul_(_head.Shade);
        Layer(cover, MaskCloth, pleats);
    }

    private void DrawGlasses()
    {
        // The lenses stand before the eyes, so a turn moves them more.
        Tensor x = _head.X - (_plan[YawSine] * 0.07);
        Tensor sides = x.abs();
        Tensor y = _head.Y.sub(_plan[EyeY] + 0.015);
        Tensor size = _plan[LensSize] * 0.2;
        Tensor across = sides.sub(_plan[EyeX] + 0.005).div_(size).pow_(2), down = y.div(size * 0.78).pow_(2);
        Tensor round = across.pow_(2).add_(down.pow_(2)).sqrt_().sqrt_().sub_(1).mul_(size);
        Tensor thickness = _plan[FrameThickness].maximum(_head.Pixel * 0.5);
        Tensor rim = Inside(round.abs().neg_().add_(thickness), _head.Soft);
        Tensor bridge = Ridge(y, Length(-0.04), thickness * 1.1).mul_(Inside((_plan[EyeX] - size + 0.01).sub(sides), _head.Soft));
        Tensor temples = Ridge(y, Length(-0.05), thickness * 1.1).mul_(_head.Face);
        temples.mul_(Inside(sides.sub(_plan[EyeX]).sub_(size), _head.Soft));
        Layer(rim.maximum(bridge).maximum(temples), Frame, _head.Shade.clamp(0.6, 1.1));
        Tensor lens = Inside(round.neg_(), _head.Soft).mul_(_plan[LensTint]);
        Layer(lens, Lens, y.mul_(-0.9).add_(1.1));
    }

    private void DrawFrontHair(Tensor ripple)
    {
        // Outside: the skull made thicker by the hair. Inside: the hairline, low at the sides, where it becomes the sideburns.
        Tensor volume = _plan[HairVolume];
        Tensor turned = _head.U.add(_plan[YawSine] * 0.06);
        Tensor outside = Ellipse(turned, _zero, _head.V, Length(-0.12), _plan[HalfWidth] + (volume * 0.75), volume + 0.88);
        outside.add_(ripple.mul(_plan[HairCurl] * 0.06));
        Tensor side = _head.AbsoluteX.div(_plan[HalfWidth]);
        Tensor parted = _head.X.mul(_plan[HairParting]).mul_(0.6);
        Tensor hairline = side.pow(2).pow_(3).mul_(_plan[SideburnY] - _plan[HairlineY] + 0.15).add_(_plan[HairlineY]);
        hairline.add_(side.square().mul_(0.06)).add_(parted);
        hairline.add_(ripple.mul(_plan[HairCurl].mul(0.05).add_(0.015)));
        Tensor depth = hairline.sub_(_head.Y);
        Tensor cover = Inside(outside.neg().add_(1).mul_(0.42), _head.Soft).mul_(Inside(depth.clone(), _head.Soft.clamp_min(0.02)));
        cover.mul_(Inside(_plan[SideburnY].add(0.1).sub(_head.V), Length(0.05)));
        Layer(cover, Hair, HairShade(outside, ripple));

        // The shadow that the hair throws on the forehead.
        Layer(Ridge(depth, Length(-0.02), Length(0.05)).mul_(_head.Face).mul_(0.35), Skin, 0.4);
    }

    private Tensor HairRipple() =>
        (_head.X * 19).add_(_head.Y.mul(9).mul_(_plan[HairParting].sign())).add_(_plan[MarkPhase]).sin_()
            .add_((_head.X * 37).sub_(_head.Y * 7).add_(_plan[MarkPhase] * 3).sin_().mul_(0.6));

    private Tensor HairShade(Tensor outside, Tensor ripple)
    {
        Tensor dome = outside.clamp(0, 1).neg_().add_(1.04).sqrt_().mul_(0.7);
        return _head.Light(_plan, dome).mul_(ripple.mul(0.09).add_(1.05));
    }

    private void DrawSurroundings(Tensor ripple)
    {
        // The neck, in the shadow of the chin, then the clothes, then the hair that falls behind both.
        Tensor neckHalfWidth = _plan[HalfWidth] * 0.58;
        Tensor neckU = _head.U.sub(_plan[YawSine] * 0.05);
        Tensor collar = neckU.square().mul_(0.55).neg_().add_(1.38);
        Tensor neck = Inside(neckU.abs().neg_().add_(neckHalfWidth), _head.Soft).mul_(Inside(_head.V.sub(0.3), Length(0.02)));
        neck.mul_(Inside(collar.sub(_head.V), _head.Soft));
        Tensor roundness = neckU.div(neckHalfWidth).pow_(2).mul_(-0.3).add_(1);
        Tensor shadow = _head.V.sub(_plan[ChinY] - 0.02).div_(0.3).clamp_(0, 1).mul_(0.3).add_(0.48);
        Layer(neck, Skin, shadow.mul_(roundness).mul_(_plan[Ambient].mul(0.3).add_(0.8)));

        Tensor shoulders = _head.U.square().mul_(0.28).add_(1.14).sub_(_head.U.abs().mul(0.05));
        Tensor cloth = Inside(_head.V.sub(shoulders), _head.Soft);
        Layer(cloth, Clothes, (_head.U * _plan[LightX]).mul_(0.3).add_(0.85));

        Tensor volume = _plan[HairVolume];
        Tensor end = _plan[HairEndY].clamp_min(-0.1);
        Tensor behind = _head.U.add(_plan[YawSine] * 0.14).abs_();
        Tensor skull = Ellipse(behind, _zero, _head.V, Length(-0.12), _plan[HalfWidth] + (volume * 0.95), volume + 0.9);
        skull.add_(ripple.mul(_plan[HairCurl] * 0.06));
        Tensor widening = _head.V.mul(0.06).add_(_plan[HalfWidth] + volume);
        Tensor falling = widening.sub_(behind).add_(ripple.mul(0.02)).minimum(end.sub(_head.V).add_(ripple.mul(0.03)));
        falling = falling.minimum(_head.V.add(0.12));
        Tensor cover = Inside(skull.neg().add_(1).mul_(0.42), _head.Soft).maximum(Inside(falling, _head.Soft.clamp_min(0.015)));
        Layer(cover, Hair, HairShade(skull, ripple).mul_(_head.V.mul(-0.12).add_(0.78).clamp_(0.5, 1)));

        Tensor blend = (_head.U * _plan[BackgroundX]).add_(_head.V * _plan[BackgroundY]).sigmoid_();
        Layer(blend, BackgroundFirst);
        _layers.Add(ones_like(blend), _plan.Colour(BackgroundSecond));
    }
}
