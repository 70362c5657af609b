using static ArcFace.Notebooks.Lessons.Faces.FaceValue;
using static ArcFace.Notebooks.Lessons.Faces.Pixels;

namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>
/// Draws one face after another, strip by strip of pixels, layer by layer, the front one first: each gets what the layers before it let
/// through. Not safe for use by several threads at once.
/// </summary>
internal sealed partial class FaceRenderer
{
    // From the front to the back; not everybody has all of them, and what belongs to the face reaches only so far.
    private static readonly (Func<FaceRenderer, bool> Shows, Action<FaceRenderer> Draw)[] Layers =
    [
        (face => face._isOnFace && face.Has(Mask), face => face.DrawMask()),
        (face => face.IsNear(EyeY, 0.7) && face.Has(Glasses), face => face.DrawGlasses()),
        (_ => true, face => face.DrawFrontHair()),
        (face => face._isOnFace && face.IsNear(BrowY, 0.5), face => face.DrawBrows()),
        (face => face._isOnFace && face.IsNear(EyeY, 0.5), face => face.DrawEyes()),
        (face => face._isOnFace && face.IsNear(MouthY, 0.5), face => face.DrawMouth()),
        (face => face._isOnFace && face.IsNear(NoseTipY, 0.4), face => face.DrawNose()),
        (face => face.IsNear(MoleY, 0.1) && face.Has(MoleRadius), face => face.DrawMole()),
        (face => face.IsNear(NoseTipY, 0.6) && face.Has(Freckles), face => face.DrawFreckles()),
        (face => face.IsNear(MouthY, 0.6), face => face.DrawFolds()),
        (face => face._isOnFace && face.IsNear(ChinY, 1) && (face.Has(Beard) || face.Has(Moustache)), face => face.DrawBeard()),
        (face => face._isOnFace && face.IsNear(NoseTipY, 0.6), face => face.DrawBlush()),
        (_ => true, face => face.DrawSkin()),
        (_ => true, face => face.DrawSurroundings()),
    ];

    private readonly int _size, _stride;
    private readonly float[] _places;
    private readonly FaceHead[] _heads;

    // Heights have a border of one pixel, which repeats the last inside.
    private readonly float[] _faceHeights, _frontHairHeights, _backHairHeights;

    // Beyond the last pixel there is room for the rest of its strip. Elsewhere, what a strip has too much is drawn over by the next row.
    private readonly float[][] _drawn;

    private readonly Pixels[] _colours, _lit;
    private FacePlan _plan = null!;
    private double _pixel, _soft;
    private int _place;
    private bool _isOnFace;
    private FaceHead _head;
    private Pixels _shade, _through;

    public FaceRenderer(int size, int channels)
    {
        (_size, _stride) = (size, size + 2);
        _places = [.. Enumerable.Range(0, size + AtOnce).Select(i => ((i + 0.5f) * 2 / size) - 1)];
        _heads = new FaceHead[size * ((size + AtOnce - 1) / AtOnce)];
        float[] Heights() => new float[(_stride * _stride) + AtOnce];
        (_faceHeights, _frontHairHeights, _backHairHeights) = (Heights(), Heights(), Heights());
        _drawn = [.. Enumerable.Range(0, channels).Select(_ => new float[(size * size) + AtOnce])];
        _colours = new Pixels[channels];
        _lit = new Pixels[(int)Cast * channels];
    }

    /// <summary>Gives the pixels of each channel row by row, and some more behind them; they are drawn over by the next picture.</summary>
    public float[][] Draw(FacePlan plan)
    {
        _plan = plan;
        _pixel = 2.0 / _size * (1 / plan[Zoom]);
        _soft = 0.4 * _pixel;
        for (FaceValue colour = Skin; colour < Cast; colour += 3)
        {
            for (int channel = 0; channel < _colours.Length; channel++)
            {
                _lit[((int)colour * _colours.Length) + channel] = plan.Lit(colour, channel);
            }
        }

        for (int strip = 0; strip < _heads.Length; strip++)
        {
            (int row, int column, int place) = Place(strip);
            ref FaceHead head = ref _heads[strip];
            head = new FaceHead(plan, From(_places.AsSpan(column)), _places[row], _soft);
            head.Height.CopyTo(_faceHeights.AsSpan(place));
            Dome(head.FrontHair).CopyTo(_frontHairHeights.AsSpan(place));
            Dome(head.BackHair).CopyTo(_backHairHeights.AsSpan(place));
        }

        static Pixels Dome(Pixels hair) => 0.7 * (1.04 - hair.Clamp(0, 1)).Sqrt();
        RepeatBorder(_faceHeights);
        RepeatBorder(_frontHairHeights);
        RepeatBorder(_backHairHeights);
        for (int strip = 0; strip < _heads.Length; strip++)
        {
            (int row, int column, _place) = Place(strip);
            _head = _heads[strip];
            DrawStrip();
            for (int channel = 0; channel < _drawn.Length; channel++)
            {
                _colours[channel].CopyTo(_drawn[channel].AsSpan((row * _size) + column));
            }
        }

        return _drawn;
    }

    /// <summary>Where a strip begins in the picture, and among the heights.</summary>
    private (int Row, int Column, int Place) Place(int strip)
    {
        (int row, int before) = Math.DivRem(strip, _heads.Length / _size);
        int column = before * AtOnce;
        return (row, column, ((row + 1) * _stride) + column + 1);
    }

    private void DrawStrip()
    {
        _through = 1;
        Array.Fill(_colours, 0);
        _shade = Light(_faceHeights) * (1 + (2.2 * _head.Relief.Clamp(-0.1, 0)));
        _isOnFace = _head.Face.IsAnyPositive();
        foreach (var (shows, draw) in Layers)
        {
            if (!_through.IsAnyPositive())
            {
                return;
            }

            if (shows(this))
            {
                draw(this);
            }
        }
    }

    private bool Has(FaceValue value) => _plan[value] > 0;

    /// <summary>Whether the strip comes so near to a height of the face.</summary>
    private bool IsNear(FaceValue height, double distance) => (distance - (_head.Y - _plan[height]).Abs()).IsAnyPositive();

    /// <summary>Lays a layer behind those that are there: it covers so much of a pixel, and its colour is multiplied with the shade.</summary>
    private void Layer(Pixels cover, FaceValue colour, Pixels shade)
    {
        if (!cover.IsAnyPositive())
        {
            return;
        }

        Pixels reaching = cover * _through;
        _through -= reaching;
        Pixels light = reaching * shade;
        ReadOnlySpan<Pixels> lit = _lit.AsSpan((int)colour * _colours.Length, _colours.Length);
        for (int channel = 0; channel < _colours.Length; channel++)
        {
            _colours[channel] += light * lit[channel];
        }
    }

    /// <summary>Light on a surface of that height: ambient + 1.25·(1 − ambient)·max(0, n·l).</summary>
    private Pixels Light(float[] heights)
    {
        Pixels At(int offset) => From(heights.AsSpan(_place + offset));
        double perPixel = 1 / (2 * _pixel);
        Pixels slopeX = (At(1) - At(-1)) * perPixel, slopeY = (At(_stride) - At(-_stride)) * perPixel;
        Pixels steepness = slopeX.Square() + slopeY.Square() + 1;
        Pixels facing = (_plan[LightZ] - (slopeX * _plan[LightX]) - (slopeY * _plan[LightY])) / steepness.Sqrt();
        return (facing.AtLeast(0) * (1.25 * (1 - _plan[Ambient]))) + _plan[Ambient];
    }

    private void RepeatBorder(float[] heights)
    {
        for (int row = 1; row <= _size; row++)
        {
            Span<float> line = heights.AsSpan(row * _stride, _stride);
            (line[0], line[^1]) = (line[1], line[^2]);
        }

        heights.AsSpan(_stride, _stride).CopyTo(heights);
        heights.AsSpan(_size * _stride, _stride).CopyTo(heights.AsSpan((_size + 1) * _stride));
    }
}
