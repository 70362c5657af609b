using System.Buffers;
using System.Buffers.Binary;

namespace ArcFace.Headless.Protocol;

/// <summary>Writes messages: a kind, the length of the payload, the payload. May be called from any thread.</summary>
internal sealed class MessageWriter(Stream stream)
{
    internal const int HeaderSize = 1 + sizeof(int);

    private readonly Lock _gate = new();

    public void Write(MessageKind kind) => Write(kind, []);

    public void Write(MessageKind kind, ReadOnlySpan<byte> payload)
    {
        // One write a message: what is written before a crash is whole.
        byte[] buffer = ArrayPool<byte>.Shared.Rent(HeaderSize + payload.Length);
        try
        {
            buffer[0] = (byte)kind;
            BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(1), payload.Length);
            payload.CopyTo(buffer.AsSpan(HeaderSize));
            lock (_gate)
            {
                stream.Write(buffer, 0, HeaderSize + payload.Length);
                stream.Flush();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
