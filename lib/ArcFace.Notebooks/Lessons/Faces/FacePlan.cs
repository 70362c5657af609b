namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>The values that one picture of 1 (grey) or 3 (colour) channels is drawn from, by name, in single precision.</summary>
internal sealed class FacePlan(int channels)
{
    private readonly double[] _values = new double[(int)FaceValue.Count];

    public double this[FaceValue place]
    {
        get => _values[(int)place];
        set => _values[(int)place] = (float)value;
    }

    public void Set(FaceValue place, Colour colour) =>
        (this[place], this[place + 1], this[place + 2]) = (colour.Red, colour.Green, colour.Blue);

    /// <summary>A channel of a colour in the picture's light. Mixing is linear, so a grey picture may as well be mixed from grey colours.</summary>
    public float Lit(FaceValue colour, int channel) => channels == 3
        ? (float)this[colour + channel] * (float)this[FaceValue.Cast + channel]
        : Luminance(colour) * Luminance(FaceValue.Cast);

    private float Luminance(FaceValue colour) =>
        (0.299f * (float)this[colour]) + (0.587f * (float)this[colour + 1]) + (0.114f * (float)this[colour + 2]);
}

/// <summary>Red, green and blue from 0 to 1.</summary>
internal readonly record struct Colour(double Red, double Green, double Blue)
{
    public static Colour Lerp(Colour from, Colour to, double share) => (from * (1 - share)) + (to * share);

    public static Colour operator *(Colour colour, double factor) => new(colour.Red * factor, colour.Green * factor, colour.Blue * factor);

    public static Colour operator *(Colour a, Colour b) => new(a.Red * b.Red, a.Green * b.Green, a.Blue * b.Blue);

    public static Colour operator +(Colour a, Colour b) => new(a.Red + b.Red, a.Green + b.Green, a.Blue + b.Blue);

    /// <summary>The colour on a broken line through <paramref name="stops"/>, of which the first is at 0 and the last at 1.</summary>
    public static Colour OnRamp(double position, params ReadOnlySpan<Colour> stops)
    {
        double at = Math.Clamp(position, 0, 1) * (stops.Length - 1);
        int first = Math.Min((int)at, stops.Length - 2);
        return Lerp(stops[first], stops[first + 1], at - first);
    }
}
