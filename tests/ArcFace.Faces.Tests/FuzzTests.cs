using System.Buffers.Binary;
using System.Text;
using ArcFace.Faces.Folders;
using ArcFace.Faces.Pictures;
using SkiaSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Faces.Tests;

public sealed class FuzzTests : IDisposable
{
    private static readonly int[] Qualities = [20, 90];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_damaged_list_of_pairs_is_read_or_refused() => Fuzz.Files<InvalidDataException>(
        ".txt",
        [
            "2\t1\nAnn_Lee\t1\t4\nAnn_Lee\t2\tBo\t13\nCy\t2\t3\nCy\t1\tDi\t1\n"u8.ToArray(), "1\nAnn 1 4\nAnn 2 Bö 13\n\n"u8.ToArray(),
            Encoding.UTF8.GetBytes("10\t30\n" + string.Concat(Enumerable.Range(0, 600).Select(i => i / 30 % 2 == 0 ? $"A{i}\t1\t2\n" : $"A{i}\t1\tB{i}\t2\n"))),
        ],
        path => FacePairs.Read(path));

    [Fact]
    public void A_damaged_list_of_landmarks_is_read_or_refused() => Fuzz.Files<InvalidDataException>(
        ".txt",
        ["Ann/1.png\t1\t1\t6\t1\t4\t3\t2\t6\t5\t6\nBo/1.png\t1.5\t1e2\t6\t1\t4\t-3\t2\t6\t5\t6\r\n"u8.ToArray()],
        path =>
        {
            foreach (FaceLandmarks landmarks in LandmarksFile.Read(path).Values)
            {
                landmarks.ToAligned();
            }
        });

    [Fact]
    public void A_damaged_PNG_is_read_or_refused()
    {
        byte[] rgb = Noise(12 * 10 * 3), alpha = Noise(12 * 10 * 8), grey = Noise(12 * 10);
        byte[] exif = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
        byte[][] good =
        [
            PngFile.Of(12, 10, 8, 2, rgb, ("eXIf", exif), ("tRNS", [0, 1, 0, 2, 0, 3])), PngFile.Of(12, 10, 16, 6, alpha), PngFile.Of(12, 10, 8, 0, grey, ("tEXt", [.. "a\0b"u8])),
        ];
        Fuzz.Files<InvalidDataException>(".png", good, Load, WithChecksums);
    }

    [Fact]
    public void A_damaged_JPEG_is_read_or_refused()
    {
        using var bitmap = new SKBitmap(40, 24);
        Noise(40 * 24 * 4).CopyTo(bitmap.GetPixelSpan());
        Fuzz.Files<InvalidDataException>(".jpg", [.. Qualities.Select(quality => bitmap.Encode(SKEncodedImageFormat.Jpeg, quality).ToArray())], Load);
    }

    private void Load(string path)
    {
        using DisposeScope scope = NewDisposeScope();
        PictureFile.Load(path, new() { MaximumPixels = 1 << 20 });
        string copy = _folder.Write("faces/Ann/1", File.ReadAllBytes(path));
        FaceFolder.Open(_folder["faces"], new() { MinimumSide = 1, Size = 20, BadFiles = BadFiles.Skip, Limits = new() { MaximumPixels = 1 << 20 } });
        File.Delete(copy);
    }

    private static byte[] Noise(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    /// <summary>The file with the checksum of each chunk as far as they follow one another.</summary>
    private static byte[] WithChecksums(byte[] png)
    {
        for (long at = 8; at + 12 <= png.Length;)
        {
            long length = BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan((int)at)), end = at + 8 + length;
            if (end + 4 > png.Length)
            {
                break;
            }

            BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan((int)end), PngChecksum.Of(png.AsSpan((int)at + 4, (int)length + 4)));
            at = end + 4;
        }

        return png;
    }
}
