using static ArcFace.Data.Faces.FaceShapes;
using static ArcFace.Data.Faces.FaceValue;
using static TorchSharp.torch;

namespace ArcFace.Data.Faces;

/// <summary>Draws a batch of faces, layer by layer, the front one first.</summary>
internal sealed partial class FaceRenderer
{
    private readonly FacePlan _plan;
    private readonly FaceHead _head;
    private readonly FaceLayers _layers;
    private readonly Device _device;
    private readonly Tensor _zero;

    private FaceRenderer(FacePlan plan, FaceHead head, FaceLayers layers, Device device)
    {
        (_plan, _head, _layers, _device) = (plan, head, layers, device);
        _zero = zeros([1, 1, 1, 1], device: device);
    }

    /// <summary>[B, channels, size, size], before blur and noise.</summary>
    public static Tensor Render(FacePlan plan, long size, int channels, Device device)
    {
        using var scope = NewDisposeScope();
        var head = new FaceHead(plan, size, device);
        var renderer = new FaceRenderer(plan, head, new FaceLayers(plan.Batch, channels, size, device), device);
        Tensor ripple = renderer.HairRipple();
        renderer.DrawWhere([Mask], some => some.DrawMask());
        renderer.DrawWhere([Glasses], some => some.DrawGlasses());
        renderer.Draw(all => all.DrawFrontHair(ripple));
        renderer.Draw(all => all.DrawBrows());
        renderer.Draw(all => all.DrawEyes());
        renderer.Draw(all => all.DrawMouth());
        renderer.Draw(all => all.DrawNose());
        renderer.DrawWhere([MoleRadius], some => some.DrawMole());
        renderer.DrawWhere([Freckles], some => some.DrawFreckles());
        renderer.Draw(all => all.DrawFolds());
        renderer.DrawWhere([Beard, Moustache], some => some.DrawBeard());
        renderer.Draw(all => all.DrawBlush());
        renderer.Draw(all => all.DrawSkin());
        renderer.Draw(all => all.DrawSurroundings(ripple));
        return renderer._layers.Picture.MoveToOuterDisposeScope();
    }

    private void Draw(Action<FaceRenderer> layers)
    {
        using var scope = NewDisposeScope();
        layers(this);
    }

    /// <summary>Draws what not everybody has, in the pictures with any of these values above 0.</summary>
    private void DrawWhere(ReadOnlySpan<FaceValue> values, Action<FaceRenderer> layers)
    {
        long[] pictures = _plan.Having(values);
        if (pictures.Length == 0)
        {
            return;
        }

        using var scope = NewDisposeScope();
        Tensor index = tensor(pictures, device: _device);
        var some = new FaceRenderer(_plan.Of(pictures), _head.Of(index), _layers.Of(index), _device);
        layers(some);
        _layers.Put(index, some._layers);
    }

    private void Layer(Tensor cover, FaceValue colour, Tensor? shade = null) => _layers.Add(cover, _plan.Colour(colour), shade);

    private void Layer(Tensor cover, FaceValue colour, double shade) => _layers.Add(cover, _plan.Colour(colour) * shade);

    private Tensor Length(double length) => _zero + length;

    private void DrawSkin()
    {
        Layer(_head.Face, Skin, _head.Shade);

        // The ears sit behind the cheeks: a turned head hides the one and shows more of the other.
        Tensor side = _head.U.abs();
        Tensor turn = _head.U.sign().mul_(_plan[YawSine]).mul_(-0.1);
        Tensor ear = Ellipse(side.sub_(turn), _plan[HalfWidth] * 0.985, _head.V, Length(0.06), _plan[EarSize] * 0.55, _plan[EarSize]);
        Tensor rim = ear.sub(0.55).abs_().mul_(0.5).add_(0.55).clamp_max_(0.85);
        Layer(Inside(ear.neg().add_(1).mul_(_plan[EarSize] * 0.3), _head.Soft), Skin, rim);
    }
}
