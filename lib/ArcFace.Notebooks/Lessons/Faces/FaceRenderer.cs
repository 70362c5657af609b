using static ArcFace.Notebooks.Lessons.Faces.FaceShapes;
using static ArcFace.Notebooks.Lessons.Faces.FaceValue;

namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>Draws faces, layer by layer, the front one first.</summary>
internal sealed partial class FaceRenderer
{
    private readonly PixelCanvas _canvas;
    private readonly FacePlan _plan;
    private readonly FaceHead _head;
    private readonly FaceLayers _layers;

    private FaceRenderer(PixelCanvas canvas, FacePlan plan, int channels)
    {
        (_canvas, _plan) = (canvas, plan);
        _head = new FaceHead(canvas, plan);
        _layers = new FaceLayers(canvas, channels);
    }

    /// <summary>Draws the pictures of a plan.</summary>
    /// <param name="canvas">What to draw on.</param>
    /// <param name="plan">The values of the picture, or of the batch, that the canvas holds.</param>
    /// <param name="channels">1 for grey, 3 for colour.</param>
    /// <returns>A field for each channel, with values from 0 to 1, in the canvas's innermost scope.</returns>
    public static Field[] Render(PixelCanvas canvas, FacePlan plan, int channels)
    {
        var renderer = new FaceRenderer(canvas, plan, channels);
        renderer.Draw();
        Field[] drawn = renderer._layers.Channels;
        return [.. Enumerable.Range(0, channels).Select(channel => FaceCamera.Take(canvas, plan, drawn, channel))];
    }

    private void Draw()
    {
        Field ripple = HairRipple().Keep();
        DrawWhere([Mask], DrawMask);
        DrawWhere([Glasses], DrawGlasses);
        Draw(() => DrawFrontHair(ripple));
        Draw(DrawBrows);
        Draw(DrawEyes);
        Draw(DrawMouth);
        Draw(DrawNose);
        DrawWhere([MoleRadius], DrawMole);
        DrawWhere([Freckles], DrawFreckles);
        Draw(DrawFolds);
        DrawWhere([Beard, Moustache], DrawBeard);
        Draw(DrawBlush);
        Draw(DrawSkin);
        Draw(() => DrawSurroundings(ripple));
    }

    private void Draw(Action layers)
    {
        using IDisposable scope = _canvas.NewScope();
        layers();
    }

    /// <summary>Draws what not everybody has, if any of the pictures has one of these values above 0.</summary>
    private void DrawWhere(ReadOnlySpan<FaceValue> values, Action layers)
    {
        foreach (FaceValue value in values)
        {
            if (_plan.Has(value))
            {
                Draw(layers);
                return;
            }
        }
    }

    private void Layer(Field cover, FaceValue colour, Field shade) => _layers.Add(cover, _plan.Colour(colour), shade);

    private void DrawSkin()
    {
        Layer(_head.Face, Skin, _head.Shade);

        // The ears sit behind the cheeks: a turned head hides the one and shows more of the other.
        Field side = _head.U.Abs() + (0.1 * (_head.U.Sign() * _plan[YawSine]));
        Field ear = Ellipse(side, 0.985 * _plan[HalfWidth], _head.V, 0.06, 0.55 * _plan[EarSize], _plan[EarSize]).Keep();
        Field rim = ((0.5 * (ear - 0.55).Abs()) + 0.55).AtMost(0.85);
        Layer(Inside((1 - ear) * (0.3 * _plan[EarSize]), _head.Soft), Skin, rim);
    }
}
