using System.Buffers.Binary;

namespace ArcFace.Headless.Protocol;

/// <summary>Reads what a <see cref="MessageWriter"/> wrote.</summary>
internal sealed class MessageReader(Stream stream) : IDisposable
{
    /// <summary>No honest message is longer; a longer one means that the stream is not ours any more.</summary>
    internal const int LongestPayload = 64 << 20;

    private readonly BufferedStream _stream = new(stream, 1 << 16);
    private readonly byte[] _header = new byte[MessageWriter.HeaderSize];

    public void Dispose() => _stream.Dispose();

    /// <summary>Waits for the next message.</summary>
    /// <returns>The message, or null at the end, which may come in the middle of a message when the writer died.</returns>
    public (MessageKind Kind, byte[] Payload)? Read()
    {
        try
        {
            _stream.ReadExactly(_header);
            int length = BinaryPrimitives.ReadInt32LittleEndian(_header.AsSpan(1));
            if (length is < 0 or > LongestPayload)
            {
                return null;
            }

            byte[] payload = length == 0 ? [] : new byte[length];
            _stream.ReadExactly(payload);
            return ((MessageKind)_header[0], payload);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return null;
        }
    }
}
