using static TorchSharp.torch;

namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>The values to draw with, by name: numbers for one picture, or a column for a batch.</summary>
internal sealed class FacePlan
{
    private const int Width = (int)FaceValue.Count;
    private const int Colours = (FaceValue.Cast - FaceValue.Skin) / 3;

    private readonly Field[] _fields;
    private readonly bool[] _present;
    private readonly int _channels;

    private FacePlan(Field[] fields, bool[] present, int channels) => (_fields, _present, _channels) = (fields, present, channels);

    /// <summary>The plan of one picture, for a <see cref="PixelCanvas"/>.</summary>
    /// <param name="row">Its <see cref="FaceValue.Count"/> values.</param>
    /// <param name="channels">1 for grey, 3 for colour.</param>
    public static FacePlan OfPicture(ReadOnlySpan<float> row, int channels)
    {
        var fields = new Field[Width + (Colours * channels)];
        bool[] present = new bool[Width];
        for (int column = 0; column < fields.Length; column++)
        {
            fields[column] = Value(row, column, channels);
        }

        Mark(present, row);
        return new FacePlan(fields, present, channels);
    }

    /// <summary>The plan of a batch, for a <see cref="TensorCanvas"/>.</summary>
    /// <param name="rows">The values of one picture after those of another.</param>
    /// <param name="channels">1 for grey, 3 for colour.</param>
    /// <param name="device">Where to draw.</param>
    public static FacePlan OfBatch(ReadOnlySpan<float> rows, int channels, Device device)
    {
        int batch = rows.Length / Width, columns = Width + (Colours * channels);
        float[] values = new float[columns * batch];
        bool[] present = new bool[Width];
        for (int picture = 0; picture < batch; picture++)
        {
            ReadOnlySpan<float> row = rows.Slice(picture * Width, Width);
            for (int column = 0; column < columns; column++)
            {
                values[(column * batch) + picture] = Value(row, column, channels);
            }

            Mark(present, row);
        }

        Tensor[] tensors = tensor(values, [columns, batch, 1, 1, 1], device: device).unbind(0);
        return new FacePlan([.. tensors.Select(column => (Field)column)], present, channels);
    }

    public Field this[FaceValue value] => _fields[(int)value];

    /// <summary>A colour in each picture's light, channel by channel.</summary>
    public ReadOnlySpan<Field> Colour(FaceValue value) => _fields.AsSpan(Width + ((value - FaceValue.Skin) / 3 * _channels), _channels);

    /// <summary>Whether any of the pictures has this above 0.</summary>
    public bool Has(FaceValue value) => _present[(int)value];

    private static void Mark(bool[] present, ReadOnlySpan<float> row)
    {
        for (int value = 0; value < Width; value++)
        {
            present[value] |= row[value] > 0;
        }
    }

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
