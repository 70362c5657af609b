namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>Draws one picture at a time in memory, where a field of a common picture stays in the processor's cache.</summary>
internal sealed class PixelCanvas
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

    /// <summary>Height and width in pixels.</summary>
    public int Size => _memory.Size;

    /// <summary>From −1 at the left border to 1 at the right one.</summary>
    public Field Across { get; }

    /// <summary>From −1 at the upper border to 1 at the lower one.</summary>
    public Field Down { get; }

    /// <summary>The same value for all pixels; it stays until the innermost scope ends.</summary>
    public Field Filled(float value)
    {
        PixelMemory.Buffer buffer = _memory.Lend();
        buffer.Values.AsSpan().Fill(value);
        return buffer;
    }

    /// <summary>A Gaussian blur of so many pixels; beside the border the weights of what lies inside make one.</summary>
    public Field Blur(Field picture, Field deviation)
    {
        PixelMemory.Buffer blurred = _memory.Lend(), scratch = _memory.Lend();
        new PixelBlur(Size, deviation.Number).Apply(picture.Pixels, blurred.Values, scratch.Values);
        scratch.GiveBack();
        return Field.Passing(blurred);
    }

    /// <summary>Noise of deviation 1: from a start in the grain on, one channel after the other.</summary>
    public Field Noise(Field start, int channel)
    {
        PixelMemory.Buffer noise = _memory.Lend();
        _grain.AsSpan((int)start.Number + (channel * noise.Values.Length), noise.Values.Length).CopyTo(noise.Values);
        return Field.Passing(noise);
    }

    /// <summary>Fields made from now on are freed when the scope ends.</summary>
    public IDisposable NewScope() => _memory.NewScope();
}
