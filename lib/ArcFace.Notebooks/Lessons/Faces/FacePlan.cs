namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>The values to draw with, by name: the numbers of one picture.</summary>
internal sealed class FacePlan
{
    private const int Width = (int)FaceValue.Count;
    private const int Colours = (FaceValue.Cast - FaceValue.Skin) / 3;

    private readonly Field[] _fields;
    private readonly int _channels;

    /// <param name="row">The picture's <see cref="FaceValue.Count"/> values.</param>
    /// <param name="channels">1 for grey, 3 for colour.</param>
    public FacePlan(ReadOnlySpan<float> row, int channels)
    {
        (_channels, _fields) = (channels, new Field[Width + (Colours * channels)]);
        for (int column = 0; column < _fields.Length; column++)
        {
            _fields[column] = Value(row, column, channels);
        }
    }

    public Field this[FaceValue value] => _fields[(int)value];

    /// <summary>A colour in the picture's light, channel by channel.</summary>
    public ReadOnlySpan<Field> Colour(FaceValue value) => _fields.AsSpan(Width + ((value - FaceValue.Skin) / 3 * _channels), _channels);

    /// <summary>Whether the picture has this above 0.</summary>
    public bool Has(FaceValue value) => this[value].Number > 0;

    /// <summary>The values come first, then each channel of each colour as the light makes it.</summary>
    private static float Value(ReadOnlySpan<float> row, int column, int channels)
    {
        if (column < Width)
        {
            return row[column];
        }

        int channel = (column - Width) % channels;
        FaceValue colour = FaceValue.Skin + ((column - Width) / channels * 3);

        // Mixing is linear, so a grey picture may as well be mixed from grey colours.
        return channels == 3
            ? row[(int)colour + channel] * row[(int)FaceValue.Cast + channel]
            : Luminance(row, colour) * Luminance(row, FaceValue.Cast);
    }

    private static float Luminance(ReadOnlySpan<float> row, FaceValue colour) =>
        (0.299f * row[(int)colour]) + (0.587f * row[(int)colour + 1]) + (0.114f * row[(int)colour + 2]);
}
