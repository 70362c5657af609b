using ArcFace.Headless.Protocol;

namespace ArcFace.Headless.Worker;

/// <summary>Stands in for the console: hands every write to the host at once, so that a crash right after it loses nothing. The host knows
/// which cell is running, so a writer kept from an earlier cell writes into the present one.</summary>
internal sealed class CellTextWriter(MessageWriter messages, MessageKind kind) : TextWriter
{
    private const int LongestPiece = 1 << 15;

    private readonly Lock _gate = new();

    // Keeps the first half of a surrogate pair until its second half is written.
    private readonly Encoder _encoder = Encoding.UTF8.GetEncoder();
    private readonly byte[] _bytes = new byte[Encoding.UTF8.GetMaxByteCount(LongestPiece)];

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void WriteLine(string? value) => Write(string.Concat(value, CoreNewLine));

    public override void Write(ReadOnlySpan<char> buffer)
    {
        lock (_gate)
        {
            while (!buffer.IsEmpty)
            {
                int length = Math.Min(buffer.Length, LongestPiece);
                int written = _encoder.GetBytes(buffer[..length], _bytes, flush: false);
                if (written > 0)
                {
                    messages.Write(kind, _bytes.AsSpan(0, written));
                }

                buffer = buffer[length..];
            }
        }
    }
}
