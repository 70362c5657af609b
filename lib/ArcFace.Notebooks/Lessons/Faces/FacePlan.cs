namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>The values that one picture is drawn from, by name, in single precision.</summary>
/// <param name="channels">1 for grey, 3 for colour.</param>
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
