namespace ArcFace.Headless.Worker;

/// <summary>Stands in for the console: hands every write to the host at once, so that a crash right after it loses nothing. The host knows
/// which cell is running, so a writer kept from an earlier cell writes into the present one.</summary>
internal sealed class CellTextWriter(Stream messages, string stream) : TextWriter
{
    private const int LongestPiece = 1 << 15;

    // The first half of a surrogate pair, until its second half is written.
    private string _begun = "";

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write([value], 0, 1);

    public override void WriteLine(string? value) => Write(string.Concat(value, CoreNewLine));

    public override void Write(char[] buffer, int index, int count)
    {
        for (int start = index; start < index + count; start += LongestPiece)
        {
            string text = string.Concat(_begun, buffer.AsSpan(start, Math.Min(LongestPiece, index + count - start)));
            _begun = char.IsHighSurrogate(text[^1]) ? text[^1..] : "";
            if (text.Length > _begun.Length)
            {
                messages.Send(new CellText(stream, text[..^_begun.Length]));
            }
        }
    }
}
