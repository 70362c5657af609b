namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>Draws one picture at a time in memory, where a field of a common picture stays in the processor's cache.</summary>
internal sealed class PixelCanvas : ICanvas
{
    private readonly PixelMemory _memory;
    private readonly float[] _grain;

    /// <param name="size">Height and width in pixels.</param>
    /// <param name="grain">From <see cref="FaceGrain.Make"/>.</param>
    public PixelCanvas(int size, float[] grain)
    {
        (_memory, _grain) = (new PixelMemory(size), grain);
        PixelMemory.Buffer across = _memory.Lend(), down = _memory.Lend();
        for (int i = 0; i < across.Values.Length; i++)
        {
            across.Values[i] = (((i % size) + 0.5f) * 2 / size) - 1;
            down.Values[i] = (((i / size) + 0.5f) * 2 / size) - 1;
        }

        (Across, Down) = (across, down);
    }

    public int Size => _memory.Size;

    public Field Across { get; }

    public Field Down { get; }

    public Field Filled(float value)
    {
        PixelMemory.Buffer buffer = _memory.Lend();
        buffer.Values.AsSpan().Fill(value);
        return buffer;
    }

    public Field Blur(Field picture, Field deviation)
    {
        PixelMemory.Buffer blurred = _memory.Lend(), scratch = _memory.Lend();
        new PixelBlur(Size, deviation.Number).Apply(picture.Pixels, blurred.Values, scratch.Values);
        scratch.GiveBack();
        return Field.Passing(blurred);
    }

    public Field Noise(Field start, int channel)
    {
        PixelMemory.Buffer noise = _memory.Lend();
        _grain.AsSpan((int)start.Number + (channel * noise.Values.Length), noise.Values.Length).CopyTo(noise.Values);
        return Field.Passing(noise);
    }

    public IDisposable NewScope() => _memory.NewScope();
}
