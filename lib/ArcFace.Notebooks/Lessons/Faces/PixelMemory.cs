namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>Memory for the fields of one picture after another, used again and again. Not safe for use by several threads at once.</summary>
/// <param name="size">The side of a picture in pixels.</param>
internal sealed class PixelMemory(int size)
{
    // The last one given back is the first to be lent again: it is still in the processor's cache.
    private readonly Stack<Buffer> _free = new();
    private readonly List<Buffer> _all = [];
    private int _depth;

    public int Size { get; } = size;

    public Buffer Lend()
    {
        if (!_free.TryPop(out Buffer? buffer))
        {
            buffer = new Buffer(this);
            _all.Add(buffer);
        }

        buffer.Depth = _depth;
        return buffer;
    }

    /// <summary>Everything lent from now on is given back when the scope ends.</summary>
    public IDisposable NewScope()
    {
        _depth++;
        return new Scope(this);
    }

    private void EndScope()
    {
        foreach (Buffer buffer in _all)
        {
            if (buffer.Depth == _depth)
            {
                buffer.GiveBack();
            }
        }

        _depth--;
    }

    /// <summary>A value for each pixel of a picture, row by row.</summary>
    internal sealed class Buffer(PixelMemory memory)
    {
        public PixelMemory Memory { get; } = memory;

        public float[] Values { get; } = new float[memory.Size * memory.Size];

        /// <summary>The number of the scope that it is lent in; −1 when nobody has it.</summary>
        public int Depth { get; set; } = -1;

        public void GiveBack()
        {
            Depth = -1;
            Memory._free.Push(this);
        }
    }

    /// <summary>Gives buffers back when it is disposed.</summary>
    private sealed class Scope(PixelMemory memory) : IDisposable
    {
        public void Dispose() => memory.EndScope();
    }
}
