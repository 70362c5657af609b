namespace ArcFace.Notebooks.Lessons.Faces;

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
