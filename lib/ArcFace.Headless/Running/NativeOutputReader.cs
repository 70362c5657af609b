namespace ArcFace.Headless.Running;

/// <summary>Reads a worker's real standard output or error, and takes out the marks that the worker sets at the end of every cell. A mark has its
/// first character only at its ends.</summary>
internal sealed class NativeOutputReader(Stream stream, string mark, Action<string> onText) : IDisposable
{
    private readonly SemaphoreSlim _marks = new(0);

    /// <summary>Waits for the end of a cell's output.</summary>
    public Task<bool> WaitForMarkAsync(TimeSpan limit, CancellationToken cancellation) => _marks.WaitAsync(limit, cancellation);

    /// <summary>Reads to the end.</summary>
    public void Run()
    {
        Decoder decoder = Encoding.UTF8.GetDecoder();
        byte[] bytes = new byte[1 << 16];
        char[] characters = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        string text = "";
        try
        {
            while (stream.Read(bytes) is int read and > 0)
            {
                text += new string(characters, 0, decoder.GetChars(bytes, 0, read, characters, 0));
                for (int end; (end = text.IndexOf(mark, StringComparison.Ordinal)) >= 0; text = text[(end + mark.Length)..])
                {
                    onText(text[..end]);
                    _marks.Release();
                }

                // The end of what was read may be the beginning of a mark.
                int begun = text.LastIndexOf(mark[0]);
                int length = begun >= 0 && mark.StartsWith(text[begun..], StringComparison.Ordinal) ? begun : text.Length;
                onText(text[..length]);
                text = text[length..];
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The worker was killed: what came until then is all there is.
        }

        onText(text);
    }

    public void Dispose() => _marks.Dispose();
}
