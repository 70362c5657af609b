using System.Buffers.Binary;
using System.IO.Compression;

namespace ArcFace.Faces.Tests;

/// <summary>PNG files made by hand, chunk by chunk.</summary>
internal static class PngFile
{
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="depth">Bits a sample.</param>
    /// <param name="colour">0 grey, 2 RGB, 4 grey with alpha, 6 RGB with alpha.</param>
    /// <param name="rows">The samples, without filter bytes.</param>
    /// <param name="extra">Chunks before the picture's.</param>
    public static byte[] Of(int width, int height, byte depth, byte colour, byte[] rows, params (string Type, byte[] Content)[] extra)
    {
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (depth, colour);
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (byte[] row in rows.Chunk(rows.Length / height))
            {
                zlib.WriteByte(0);
                zlib.Write(row);
            }
        }

        return
        [
            0x89, .. "PNG\r\n\x1A\n"u8, .. Chunk("IHDR", header), .. extra.SelectMany(chunk => Chunk(chunk.Type, chunk.Content)),
            .. Chunk("IDAT", compressed.ToArray()), .. Chunk("IEND", []),
        ];
    }

    private static byte[] Chunk(string type, byte[] content)
    {
        byte[] chunk = [0, 0, 0, 0, .. type.Select(letter => (byte)letter), .. content, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), PngChecksum.Of(chunk.AsSpan(4, content.Length + 4)));
        return chunk;
    }
}
