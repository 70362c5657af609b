namespace ArcFace.Faces.Tests;

/// <summary>The checksum of a PNG chunk, for headers made by hand (CRC-32, ISO 3309).</summary>
internal static class PngChecksum
{
    public static uint Of(ReadOnlySpan<byte> typeAndContent)
    {
        uint rest = uint.MaxValue;
        foreach (byte value in typeAndContent)
        {
            rest ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                rest = (rest >> 1) ^ (0xEDB88320 & (0 - (rest & 1)));
            }
        }

        return ~rest;
    }
}
