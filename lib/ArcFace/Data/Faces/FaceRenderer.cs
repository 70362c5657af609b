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
    private readonly Tensor _zero;
    private readonly Tensor _ripple;

    private FaceRenderer(FacePlan plan, long size, int channels, Device device)
    {
        _plan = plan;
        _head = new FaceHead(plan, size, device);
        _layers = new FaceLayers(plan.Batch, channels, size, device);
        _zero = zeros([1, 1, 1, 1], device: device);
        _ripple = HairRipple();
    }

    /// <summary>[B, channels, size, size], before blur and noise.</summary>
    public static Tensor Render(FacePlan plan, long size, int channels, Device device)
    {
        using var scope = NewDisposeScope();
        var renderer = new FaceRenderer(plan, size, channels, device);
        Draw(renderer.DrawMask);
        Draw(renderer.DrawGlasses);
        Draw(renderer.DrawFrontHair);
        Draw(renderer.DrawBrows);
        Draw(renderer.DrawEyes);
        Draw(renderer.DrawMouth);
        Draw(renderer.DrawNose);
        Draw(renderer.DrawMarks);
        Draw(renderer.DrawSkin);
        Draw(renderer.DrawSurroundings);
        return renderer._layers.Picture.MoveToOuterDisposeScope();
    }

    private static void Draw(Action layers)
    {
        using var scope = NewDisposeScope();
        layers();
    }

    private void Layer(Tensor cover, FaceValue colour, Tensor? shade = null) => _layers.Add(cover, _plan.Colour(colour), shade);

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
