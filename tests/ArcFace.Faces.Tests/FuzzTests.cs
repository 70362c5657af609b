using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using ArcFace.Faces.Detection;
using ArcFace.Faces.Folders;
using ArcFace.Faces.Onnx;
using ArcFace.Faces.Pictures;
using ArcFace.Faces.Recognition;
using ArcFace.Models;
using SkiaSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Faces.Tests;

public sealed class FuzzTests : IDisposable
{
    private static readonly int[] Qualities = [20, 90];
    private static readonly string[] Sets = ["pairs-protocol2.bin", "pairs-protocol4.bin", "pairs-python2.bin"];

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

    [Fact]
    public void A_damaged_verification_set_is_read_or_refused()
    {
        string golden = Path.Combine(Path.GetDirectoryName(SourcePath())!, "Golden");
        Fuzz.Files<InvalidDataException>(".bin", [.. Sets.Select(name => File.ReadAllBytes(Path.Combine(golden, name)))], path =>
        {
            using DisposeScope scope = NewDisposeScope();
            var set = VerificationSet.Read(path);
            for (int i = 0; i < Math.Min(4, set.Same.Count); i++)
            {
                set.Load(i, 16);
            }
        });
    }

    [Fact]
    public void A_damaged_gallery_is_read_or_refused()
    {
        using (var gallery = new Gallery { Threshold = 0.5 })
        {
            gallery.Enroll("Ann", Rows(1, 4));
            gallery.Enroll("Bö \"B\"", Rows(2, 4));
            gallery.Save(_folder["gallery"]);
        }

        Fuzz.Files<InvalidDataException>(".gallery", [File.ReadAllBytes(_folder["gallery"])], path =>
        {
            using DisposeScope scope = NewDisposeScope();
            using Gallery gallery = Gallery.Load(path);
            if (gallery.Count > 0)
            {
                gallery.Search(Rows(3, gallery.EmbeddingSize));
            }
        });
    }

    [Fact]
    public void A_damaged_ONNX_embedder_is_used_or_refused()
    {
        using DisposeScope outer = NewDisposeScope();
        using var body = new ConvolutionalEmbedder(8, 12, 3, width: 4).Settled(3, 12, 12);
        OnnxExport.Save(body, _folder["a.onnx"]);
        Fuzz.Files<InvalidDataException>(".onnx", [File.ReadAllBytes(_folder["a.onnx"])], path =>
        {
            using DisposeScope scope = NewDisposeScope();
            using var embedder = new OnnxEmbedder(path, threads: 1);
            if (embedder.ImageSize <= 64)
            {
                UnlessItsArithmeticFails(() => embedder.call(zeros(1, embedder.Channels, embedder.ImageSize, embedder.ImageSize)));
            }
        });
    }

    [Fact]
    public void An_ONNX_file_with_metadata_that_are_no_text_is_refused()
    {
        var graph = new global::Onnx.GraphProto
        {
            Node = { OnnxFiles.Node("Flatten", ["x"], ["y"]) },
            Input = { OnnxFiles.Value("x", [-1, 3, 8, 8]) },
            Output = { OnnxFiles.Value("y", [-1, 192]) },
        };
        new OnnxEmbedder(OnnxFiles.Write(_folder["good.onnx"], graph, ("ab", "c"))).Dispose();
        string path = OnnxFiles.Write(_folder["bad.onnx"], graph, ("a\0b", "c"));
        Assert.Contains(path, Assert.Throws<InvalidDataException>(() => new OnnxEmbedder(path)).Message);
    }

    [Fact]
    public void A_damaged_detector_is_used_or_refused()
    {
        float[] box = [0, 0, 1, 1], points = [.. Enumerable.Range(0, 10).Select(i => i / 10f)];
        byte[][] good =
        [
            File.ReadAllBytes(DetectorFiles.Yunet(_folder["y.onnx"], 64, 8, box, points)), File.ReadAllBytes(DetectorFiles.Scrfd(_folder["s.onnx"], -1, 8, box, points, true)),
        ];
        Fuzz.Files<InvalidDataException>(".onnx", good, path =>
        {
            using DisposeScope scope = NewDisposeScope();
            using var detector = FaceDetector.FromFile(path, new() { InputSize = 64, Threads = 1 });
            UnlessItsArithmeticFails(() => detector.Detect(zeros(3, 50, 60)));
        });
    }

    /// <summary>What the file's numbers lead to is told at their use, by another exception.</summary>
    private static void UnlessItsArithmeticFails(Action use)
    {
        try
        {
            use();
        }
        catch (InvalidOperationException)
        {
            return;
        }
    }

    private static Tensor Rows(int seed, int width) => tensor(Noise(seed * 2 * width).Select(value => value + 1f).ToArray(), [seed * 2, width]);

    private static string SourcePath([CallerFilePath] string path = "") => path;

    private void Load(string path)
    {
        using DisposeScope scope = NewDisposeScope();
        PictureFile.Load(path, new() { MaximumPixels = 1 << 20 });

        // Beside a good picture, so that there is always one to take.
        string copy = _folder.Write("faces/Ann/1", File.ReadAllBytes(path));
        _folder.Write("faces/Bo/1.png", PngFile.Of(12, 10, 8, 0, Noise(12 * 10)));
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
