using System.Buffers.Binary;
using SkiaSharp;

namespace ArcFace.Faces.Pictures;

/// <summary>The orientation that the eXIf chunk of a PNG asks for, which Skia looks for in JPEG files only.</summary>
/// <remarks>Sources: PNG Specification, third edition, 11.3.3.2; TIFF 6.0, section 8, tag 0x0112.</remarks>
internal static class PngOrientation
{
    private const int MostBytes = 1 << 16;

    /// <summary>Reads it, where there is one that is well-formed.</summary>
    /// <param name="file">A PNG, behind its first eight bytes.</param>
    public static SKEncodedOrigin Read(Stream file)
    {
        Span<byte> head = stackalloc byte[8];
        while (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length)
        {
            long length = BinaryPrimitives.ReadUInt32BigEndian(head), next = file.Position + length + 4;
            if (head[4..].SequenceEqual("eXIf"u8))
            {
                byte[] exif = new byte[Math.Min(length, MostBytes)];
                return Parse(exif.AsSpan(0, file.ReadAtLeast(exif, exif.Length, throwOnEndOfStream: false)));
            }

            file.Position = Math.Min(next, file.Length);
        }

        return SKEncodedOrigin.TopLeft;
    }

    private static SKEncodedOrigin Parse(ReadOnlySpan<byte> tiff)
    {
        bool isLittle = tiff.StartsWith("II*\0"u8);
        if (tiff.Length < 10 || (!isLittle && !tiff.StartsWith("MM\0*"u8)))
        {
            return SKEncodedOrigin.TopLeft;
        }

        uint directory = isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        for (long entry = directory + 2L; entry + 12 <= tiff.Length && entry < directory + 2L + (12L * Short(tiff, directory)); entry += 12)
        {
            // A tag, the type of short numbers, how many of them, and the first.
            if (Short(tiff, entry) == 0x0112 && Short(tiff, entry + 2) == 3 && Short(tiff, entry + 8) is >= 1 and <= 8 and var value)
            {
                return (SKEncodedOrigin)value;
            }
        }

        return SKEncodedOrigin.TopLeft;

        int Short(ReadOnlySpan<byte> bytes, long at) => isLittle
            ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[(int)at..])
            : BinaryPrimitives.ReadUInt16BigEndian(bytes[(int)at..]);
    }
}
