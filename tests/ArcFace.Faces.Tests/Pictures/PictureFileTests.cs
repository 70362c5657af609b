using System.Buffers.Binary;
using ArcFace.Data;
using ArcFace.Faces.Folders;
using ArcFace.Faces.Pictures;
using SkiaSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Faces.Tests;

[Collection(TensorCounts.Name)]
public sealed class PictureFileTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public void A_picture_comes_back_from_its_file_to_the_last_of_256_levels(int channels)
    {
        Tensor picture = randint(256, [channels, 5, 7]).to(ScalarType.Float32) / 255;
        string path = _folder["picture.png"];
        PictureFile.Save(path, picture);
        Assert.True(PictureFile.Load(path).equal(picture.expand(3, 5, 7)).all().item<bool>());
    }

    [Fact]
    public void A_JPEG_is_read_too_whatever_its_name()
    {
        string path = _folder["picture.png"];
        File.WriteAllBytes(path, Jpeg());
        Tensor picture = PictureFile.Load(path);
        Assert.Equal([3, 16, 24], picture.shape);

        // Red is on the left, up to what JPEG changes.
        Assert.True(picture[0, 8, 3].item<float>() > 0.9f);
        Assert.True(picture[0, 8, 20].item<float>() < 0.1f);
    }

    // The numbers are those of the Exif standard; each row says where the red left half comes to lie.
    [Theory]
    [InlineData(1, false, "left")]
    [InlineData(2, false, "right")]
    [InlineData(3, false, "right")]
    [InlineData(4, false, "left")]
    [InlineData(5, true, "top")]
    [InlineData(6, true, "top")]
    [InlineData(7, true, "bottom")]
    [InlineData(8, true, "bottom")]
    public void A_picture_is_turned_upright_as_its_camera_asks(byte orientation, bool onItsSide, string red)
    {
        string path = _folder["picture.jpg"];
        byte[] big = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
        byte[] little = [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0];
        byte[] rows = [.. Enumerable.Repeat(Enumerable.Range(0, 24).SelectMany(x => x < 12 ? new byte[] { 255, 0, 0 } : [0, 0, 255]), 16).SelectMany(row => row)];
        foreach (byte[] file in new[] { WithOrientation(Jpeg(), orientation), PngFile.Of(24, 16, 8, 2, rows, ("eXIf", big)), PngFile.Of(24, 16, 8, 2, rows, ("eXIf", little)) })
        {
            File.WriteAllBytes(path, file);
            RedIsAt(red, onItsSide, path);
        }
    }

    private static void RedIsAt(string red, bool onItsSide, string path)
    {
        Tensor picture = PictureFile.Load(path);
        (int height, int width) = onItsSide ? (24, 16) : (16, 24);
        Assert.Equal([3, height, width], picture.shape);
        (int row, int column) = red switch
        {
            "left" => (height / 2, 3),
            "right" => (height / 2, width - 4),
            "top" => (3, width / 2),
            _ => (height - 4, width / 2),
        };
        Assert.True(picture[0, row, column].item<float>() > 0.9f);
        Assert.True(picture[0, height - 1 - row, width - 1 - column].item<float>() < 0.1f);
    }

    [Theory]
    [InlineData(255)]
    [InlineData(51)]
    [InlineData(0)]
    public void What_is_transparent_lies_on_white_at_8_and_16_bits(byte alpha)
    {
        byte[] pixel = [102, 0, 0, alpha];
        byte[] eight = [.. Enumerable.Repeat(pixel, 9 * 9).SelectMany(one => one)], sixteen = [.. eight.SelectMany(value => new[] { value, value })];
        float[] expected = [.. new[] { 102f, 0, 0 }.Select(value => ((value * alpha / 255) + 255 - alpha) / 255)];
        foreach (byte[] file in new[] { PngFile.Of(9, 9, 8, 6, eight), PngFile.Of(9, 9, 16, 6, sixteen) })
        {
            File.WriteAllBytes(_folder["picture.png"], file);
            float[] mean = PictureFile.Load(_folder["picture.png"]).mean([1L, 2]).data<float>().ToArray();
            Assert.All(mean.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1.01f / 255));
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void A_colour_that_a_PNG_names_as_transparent_lies_on_white(byte depth)
    {
        byte[] pixel = depth == 8 ? [102, 0, 0] : [102, 102, 0, 0, 0, 0], other = new byte[pixel.Length];
        byte[] rows = [.. Enumerable.Range(0, 9).SelectMany(_ => Enumerable.Range(0, 10).SelectMany(x => x < 5 ? pixel : other))];
        byte[] named = depth == 8 ? [0, 102, 0, 0, 0, 0] : pixel;
        File.WriteAllBytes(_folder["picture.png"], PngFile.Of(10, 9, depth, 2, rows, ("tRNS", named)));
        Tensor picture = PictureFile.Load(_folder["picture.png"]);
        Assert.Equal(1, picture[.., .., ..5].min().item<float>());
        Assert.Equal(0, picture[.., .., 5..].max().item<float>());
    }

    [Fact]
    public void A_large_JPEG_is_decoded_at_reduced_size_and_shows_the_same()
    {
        using var bitmap = new SKBitmap(1600, 1200);
        using var canvas = new SKCanvas(bitmap);
        using var red = new SKPaint { Color = SKColors.Red };
        canvas.Clear(SKColors.Blue);
        canvas.DrawRect(200, 300, 600, 300, red);
        canvas.Flush();
        foreach (byte orientation in new byte[] { 1, 6 })
        {
            byte[] jpeg = WithOrientation(bitmap.Encode(SKEncodedImageFormat.Jpeg, 95).ToArray(), orientation);
            _folder.Write("faces/Ann/1.jpg", jpeg);
            Tensor small = FaceFolder.Open(_folder["faces"], new() { Size = 60 }).Load(0);

            // 1200 pixels in the middle become 60: the rectangle is at x 0..30, y 15..30, turned right by a quarter at x 30..45, y 0..30.
            (int x, int y, int width, int height) = orientation == 1 ? (0, 15, 30, 15) : (30, 0, 15, 30);
            Tensor expected = zeros(60, 60);
            expected.narrow(0, y, height).narrow(1, x, width).fill_(1);
            Assert.InRange((small[0] - expected).abs().mean().item<float>(), 0, 0.02);
            Assert.InRange((small[2] + expected - 1).abs().mean().item<float>(), 0, 0.02);
        }
    }

    [Fact]
    public void What_is_no_picture_is_refused_with_its_name_and_the_reason()
    {
        Refused([], "it is empty");
        Refused("<svg/>"u8.ToArray(), "neither PNG nor JPEG");
        Refused([.. "GIF89a"u8, .. new byte[40]], "neither PNG nor JPEG");
        Refused(Png()[..20], "header is damaged");
        Refused(Png()[..600], "cut short");
        using var noise = SKBitmap.Decode(Png());
        Refused(noise.Encode(SKEncodedImageFormat.Jpeg, 90).AsSpan()[..^200].ToArray(), "cut short");
        Refused(new byte[2000], "it has 2000 bytes, and at most 1000", new() { MaximumBytes = 1000 });
        Assert.Throws<FileNotFoundException>(() => PictureFile.Load(_folder["none.png"]));
    }

    [Fact]
    public void A_small_file_that_claims_to_be_huge_is_refused_before_it_is_decoded()
    {
        byte[] png = Png();
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), 60_000);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), 60_000);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), PngChecksum.Of(png.AsSpan(12, 17)));
        Refused(png, "it has 60000×60000 pixels");
    }

    [Fact]
    public void A_damaged_file_is_read_or_refused_but_nothing_else_happens()
    {
        byte[][] good = [Png(), Jpeg()];
        var random = new SplitMix64(3);
        string path = _folder["bad"];
        int refused = 0;
        for (int i = 0; i < 600; i++)
        {
            byte[] bad = [.. good[i % 2]];
            for (int flips = random.NextInt32(4); flips >= 0; flips--)
            {
                bad[random.NextInt32(bad.Length)] = (byte)random.NextInt32(256);
            }

            File.WriteAllBytes(path, bad);
            using var scope = NewDisposeScope();
            try
            {
                Assert.Equal(3, PictureFile.Load(path, new() { MaximumPixels = 1 << 20 }).shape[0]);
            }
            catch (InvalidDataException error)
            {
                Assert.Contains(path, error.Message);
                refused++;
            }
        }

        Assert.True(refused > 100, $"{refused}");
    }

    [Fact]
    public void Only_pictures_can_be_saved()
    {
        string path = _folder["picture.png"];
        Assert.Throws<ArgumentException>(() => PictureFile.Save(path, zeros(2, 4, 4)));
        Assert.Throws<ArgumentException>(() => PictureFile.Save(path, zeros(1, 3, 4, 4)));
        Assert.Throws<ArgumentException>(() => PictureFile.Save(path, zeros(3, 0, 4)));
    }

    private void Refused(byte[] content, string reason, PictureLimits? limits = null)
    {
        string path = _folder["bad.png"];
        File.WriteAllBytes(path, content);
        string message = Assert.Throws<InvalidDataException>(() => PictureFile.Load(path, limits)).Message;
        Assert.StartsWith($"'{path}'", message);
        Assert.Contains(reason, message[path.Length..]);
    }

    private byte[] Png()
    {
        string path = _folder["good.png"];
        using var generator = new Generator(4);
        PictureFile.Save(path, rand([3, 16, 24], generator: generator));
        return File.ReadAllBytes(path);
    }

    /// <summary>24×16 pixels, red on the left, blue on the right.</summary>
    private static byte[] Jpeg()
    {
        using var bitmap = new SKBitmap(24, 16);
        using var canvas = new SKCanvas(bitmap);
        using var red = new SKPaint { Color = SKColors.Red };
        canvas.Clear(SKColors.Blue);
        canvas.DrawRect(0, 0, 12, 16, red);
        canvas.Flush();
        return bitmap.Encode(SKEncodedImageFormat.Jpeg, 90).ToArray();
    }

    /// <summary>The JPEG with an Exif block that has one entry, the orientation.</summary>
    private static byte[] WithOrientation(byte[] jpeg, byte orientation)
    {
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8, 0, 1,
            0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0,
        ];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }
}
