namespace ArcFace.Headless.Running;

/// <summary>Reads a worker's real standard output or error, and takes out the marks that the worker sets at the end of every
/// cell.</summary>
internal sealed class NativeOutputReader(Stream stream, byte[] mark, Action<string> onText) : IDisposable
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly SemaphoreSlim _marks = new(0);

    /// <summary>Waits for the end of a cell's output.</summary>
    public Task<bool> WaitForMarkAsync(TimeSpan limit, CancellationToken cancellation) => _marks.WaitAsync(limit, cancellation);

    /// <summary>Reads to the end.</summary>
    public void Run()
    {
        byte[] buffer = new byte[1 << 16];
        int held = 0;
        try
        {
            while (stream.Read(buffer, held, buffer.Length - held) is int read and > 0)
            {
                int length = held + read;
                int start = 0;
                while (buffer.AsSpan(start, length - start).IndexOf(mark) is int found and >= 0)
                {
                    Emit(buffer.AsSpan(start, found));
                    start += found + mark.Length;
                    _marks.Release();
                }

                // The end of what was read may be the beginning of a mark.
                held = LengthOfBegunMark(buffer.AsSpan(start, length - start));
                Emit(buffer.AsSpan(start, length - start - held));
                buffer.AsSpan(length - held, held).CopyTo(buffer);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The worker was killed: what came until then is all there is.
        }

        Emit(buffer.AsSpan(0, held));
    }

    public void Dispose() => _marks.Dispose();

    private int LengthOfBegunMark(ReadOnlySpan<byte> bytes)
    {
        int length = Math.Min(bytes.Length, mark.Length - 1);
        while (length > 0 && !bytes[^length..].SequenceEqual(mark.AsSpan(0, length)))
        {
            length--;
        }

        return length;
    }

    private void Emit(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        int length = _decoder.GetChars(bytes, text, flush: false);
        if (length > 0)
        {
            onText(new string(text[..length]));
        }
    }
}
