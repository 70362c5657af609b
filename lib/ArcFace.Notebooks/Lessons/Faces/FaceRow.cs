namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>The values of one picture, on their way to the renderer.</summary>
/// <param name="values">As many places as <see cref="FaceValue"/> has columns.</param>
internal readonly ref struct FaceRow(Span<float> values)
{
    private readonly Span<float> _values = values;

    public void Set(FaceValue value, double number) => _values[(int)value] = (float)number;

    public void Set(FaceValue value, Colour colour)
    {
        Set(value, colour.Red);
        Set(value + 1, colour.Green);
        Set(value + 2, colour.Blue);
    }
}
