using ArcFace.Faces.Folders;
using ArcFace.Faces.Pictures;
using SkiaSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Faces.Tests;

public sealed class BoundedMemoryTests
{
    // What the runtime takes for itself between two collections.
    private const long Runtime = 96 << 20;
    private const int Side = 6000;

    [Fact]
    public void Pictures_cost_a_multiple_of_the_pixels_in_flight_and_not_of_the_processors()
    {
        if (OwnProcess.Passed(typeof(BoundedMemoryTests)))
        {
            return;
        }

        using var folder = new TemporaryFolder();
        const long pixels = (long)Side * Side;
        foreach ((SKEncodedImageFormat format, long bytesPerPixel) in new[] { (SKEncodedImageFormat.Jpeg, 1L), (SKEncodedImageFormat.Png, 8L) })
        {
            byte[] picture = Large(format);
            for (int i = 0; i < 6; i++)
            {
                folder.Write($"{format}/Ann/{i}.picture", picture);
            }

            long growth = OwnProcess.PeakGrowth(() => Assert.Equal(6, FaceFolder.Open(folder[$"{format}"]).Pictures.Count));
            Assert.InRange(growth, 0, (bytesPerPixel * pixels) + Runtime);
        }

        string path = folder[$"{SKEncodedImageFormat.Png}/Ann/0.picture"];
        using DisposeScope scope = NewDisposeScope();
        Assert.InRange(OwnProcess.PeakGrowth(() => PictureFile.Load(path)), 12 * pixels, (2 * 12 * pixels) + Runtime);
    }

    [Fact]
    public void Lists_of_pairs_and_landmarks_cost_a_multiple_of_their_length()
    {
        if (OwnProcess.Passed(typeof(BoundedMemoryTests)))
        {
            return;
        }

        using var folder = new TemporaryFolder();
        string path = folder["list"];
        foreach (int length in new[] { 64 << 20, 64 << 20 >> 3 })
        {
            foreach (char unit in "\t\n a\r")
            {
                File.WriteAllText(path, new string(unit, length));
                Assert.InRange(OwnProcess.PeakGrowth(() => Assert.Throws<InvalidDataException>(() => FacePairs.Read(path))), 0, Runtime);
                Assert.InRange(OwnProcess.PeakGrowth(() => Record.Exception(() => LandmarksFile.Read(path))), 0, Runtime);
            }
        }

        const int pairs = 600_000;
        File.WriteAllLines(path, Enumerable.Range(0, pairs).Select(i => $"{i:x}\t1\t2").Concat(Enumerable.Range(0, pairs).Select(i => $"{i:x}x\t1\t{i:x}y\t2")).Prepend($"{pairs}"));
        Assert.InRange(OwnProcess.PeakGrowth(() => Assert.Equal(2 * pairs, FacePairs.Read(path).Pairs.Count)), 0, (32 * new FileInfo(path).Length) + Runtime);

        File.WriteAllLines(path, Enumerable.Range(0, pairs).Select(i => $"{i:x}\t0\t1\t2\t3\t4\t5\t6\t7\t8\t9"));
        Assert.InRange(OwnProcess.PeakGrowth(() => Assert.Equal(pairs, LandmarksFile.Read(path).Count)), 0, (16 * new FileInfo(path).Length) + Runtime);
    }

    private static byte[] Large(SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(Side, Side, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(bitmap);
        using var dark = new SKPaint { Color = SKColors.Navy };
        canvas.Clear(SKColors.White);
        canvas.DrawRect(0, 0, Side, Side / 2, dark);
        canvas.Flush();
        using SKData data = bitmap.Encode(format, 50);
        return data.ToArray();
    }
}
