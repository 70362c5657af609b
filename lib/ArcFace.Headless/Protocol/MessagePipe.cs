using System.Buffers;

namespace ArcFace.Headless.Protocol;

/// <summary>Messages through a pipe: each as JSON, behind its length in bytes.</summary>
internal static partial class MessagePipe
{
    /// <summary>No honest message is longer; a longer one means that the pipe is not ours any more.</summary>
    private const int LongestMessage = 128 << 20;

    private static readonly Context Json = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Writes a message. May be called from any thread.</summary>
    public static void Send(this Stream pipe, Message message)
    {
        // One write a message: what is written before a crash is whole.
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(message, Json.Message);
        byte[] whole = [.. BitConverter.GetBytes(json.Length), .. json];
        lock (pipe)
        {
            pipe.Write(whole);
        }
    }

    /// <summary>Waits for the next message.</summary>
    /// <returns>The message, or null at the end, which may come in the middle of a message when the writer died.</returns>
    public static Message? Receive(this Stream pipe)
    {
        try
        {
            byte[] bytes = new byte[sizeof(int)];
            pipe.ReadExactly(bytes);
            int length = BitConverter.ToInt32(bytes);
            if (length is < 0 or > LongestMessage)
            {
                return null;
            }

            bytes = ArrayPool<byte>.Shared.Rent(length);
            pipe.ReadExactly(bytes, 0, length);
            Message? message = JsonSerializer.Deserialize(bytes.AsSpan(0, length), Json.Message);
            ArrayPool<byte>.Shared.Return(bytes);
            return message;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or JsonException or NotSupportedException)
        {
            return null;
        }
    }

    [JsonSerializable(typeof(Message))]
    private sealed partial class Context : JsonSerializerContext;
}
