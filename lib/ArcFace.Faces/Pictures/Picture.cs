using SkiaSharp;

namespace ArcFace.Faces.Pictures;

/// <summary>A decoded picture, upright: the orientation that a camera wrote into the file is applied.</summary>
/// <remarks>
/// Skia decodes: it is what browsers trust with pictures from anywhere. It is asked for PNG and JPEG alone, and only after the
/// length, the first bytes and the size in the header have been checked.
/// </remarks>
internal sealed class Picture : IDisposable
{
    private static readonly byte[] PngStart = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];
    private static readonly byte[] JpegStart = [0xFF, 0xD8, 0xFF];

    // Below half its size, a picture sampled at single points would flicker.
    private const double SmallestWithoutAveraging = 0.5;

    private readonly SKBitmap _bitmap;

    private Picture(SKBitmap bitmap) => _bitmap = bitmap;

    public int Width => _bitmap.Width;

    public int Height => _bitmap.Height;

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no PNG or JPEG, too large, or damaged.</exception>
    public static Picture Load(string path, PictureLimits limits) => Load(ReadBounded(path, limits), path, limits);

    /// <summary>Decodes the content of a PNG or JPEG file, which errors call <paramref name="name"/>.</summary>
    /// <exception cref="InvalidDataException">It is no PNG or JPEG, too large, or damaged.</exception>
    public static Picture Load(byte[] content, string name, PictureLimits limits)
    {
        using var codec = Open(content, name, limits);
        var bitmap = new SKBitmap(Rgba(codec.Info.Width, codec.Info.Height));
        var result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
        {
            bitmap.Dispose();
            throw Bad(name, result == SKCodecResult.IncompleteInput ? "it is cut short" : $"it is damaged ({result})");
        }

        return new Picture(Upright(bitmap, codec.EncodedOrigin));
    }

    /// <summary>Makes sure, by its header alone, that a file may be loaded.</summary>
    /// <inheritdoc cref="Load(string, PictureLimits)"/>
    public static void Check(string path, PictureLimits limits) => Open(ReadBounded(path, limits), path, limits).Dispose();

    /// <summary>The square of <paramref name="size"/>² pixels that <paramref name="transform"/> maps the picture to, or black.</summary>
    /// <param name="transform">From pixels of this picture to pixels of the square, whole numbers in the middle of a pixel.</param>
    /// <param name="size">The side of the square.</param>
    public Picture Transformed(SimilarityTransform transform, int size) => Transformed(transform, size, size);

    /// <inheritdoc cref="Transformed(SimilarityTransform, int)"/>
    public Picture Transformed(SimilarityTransform transform, int width, int height)
    {
        // Skia counts from the corner of a pixel, the transform from the middle.
        double x = transform.X + 0.5 - (0.5 * (transform.A - transform.B)), y = transform.Y + 0.5 - (0.5 * (transform.B + transform.A));
        var matrix = new SKMatrix(
            (float)transform.A, (float)-transform.B, (float)x, (float)transform.B, (float)transform.A, (float)y, 0, 0, 1);
        bool averaged = transform.Scale < SmallestWithoutAveraging;
        return new Picture(Drawn(_bitmap, width, height, matrix, averaged ? SKMipmapMode.Linear : SKMipmapMode.None));
    }

    /// <summary>The largest square in the middle, at <paramref name="size"/>² pixels.</summary>
    public Picture MiddleSquare(int size)
    {
        double scale = (double)size / Math.Min(Width, Height), middle = (size - 1) / 2.0;
        double x = middle - (scale * (Width - 1) / 2), y = middle - (scale * (Height - 1) / 2);
        return Transformed(new SimilarityTransform(scale, 0, x, y), size);
    }

    /// <summary>The pixels, channel after channel.</summary>
    /// <param name="planes">Three times (red, green, blue) or once (luminance) width times height.</param>
    public void CopyTo(Span<byte> planes)
    {
        var pixels = _bitmap.GetPixelSpan();
        int count = Width * Height;
        for (int i = 0; i < count; i++)
        {
            (byte red, byte green, byte blue) = (pixels[4 * i], pixels[(4 * i) + 1], pixels[(4 * i) + 2]);
            if (planes.Length == count)
            {
                planes[i] = (byte)((0.299 * red) + (0.587 * green) + (0.114 * blue) + 0.5);
            }
            else
            {
                (planes[i], planes[count + i], planes[(2 * count) + i]) = (red, green, blue);
            }
        }
    }

    public void Dispose() => _bitmap.Dispose();

    /// <summary>A PNG file of the picture.</summary>
    public byte[] EncodePng()
    {
        using var encoded = _bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        return encoded.ToArray();
    }

    /// <summary>The picture of these pixels.</summary>
    /// <param name="planes">Red, green and blue, or luminance, channel after channel.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    public static Picture Of(ReadOnlySpan<byte> planes, int width, int height)
    {
        var bitmap = new SKBitmap(Rgba(width, height));
        var pixels = bitmap.GetPixelSpan();
        int count = width * height, step = planes.Length == count ? 0 : count;
        for (int i = 0; i < count; i++)
        {
            pixels[4 * i] = planes[i];
            pixels[(4 * i) + 1] = planes[step + i];
            pixels[(4 * i) + 2] = planes[(2 * step) + i];
            pixels[(4 * i) + 3] = byte.MaxValue;
        }

        return new Picture(bitmap);
    }

    private static SKCodec Open(byte[] content, string path, PictureLimits limits)
    {
        if (!content.AsSpan().StartsWith(PngStart) && !content.AsSpan().StartsWith(JpegStart))
        {
            throw Bad(path, "it is neither PNG nor JPEG");
        }

        using var data = SKData.CreateCopy(content);
        var codec = SKCodec.Create(data) ?? throw Bad(path, "its header is damaged");
        string? wrong = (long)codec.Info.Width * codec.Info.Height > limits.MaximumPixels
            ? $"it has {codec.Info.Width}×{codec.Info.Height} pixels, and at most {limits.MaximumPixels} are taken"
            : codec.EncodedFormat is SKEncodedImageFormat.Png or SKEncodedImageFormat.Jpeg ? null : "it is neither PNG nor JPEG";
        if (wrong is not null)
        {
            codec.Dispose();
            throw Bad(path, wrong);
        }

        return codec;
    }

    private static byte[] ReadBounded(string path, PictureLimits limits)
    {
        long length = new FileInfo(path).Length;
        if (length > limits.MaximumBytes)
        {
            throw Bad(path, $"it has {length} bytes, and at most {limits.MaximumBytes} are taken");
        }

        // What is no ordinary file, such as a pipe, has no length either and is never opened.
        return length == 0 ? throw Bad(path, "it is empty") : File.ReadAllBytes(path);
    }

    private static SKBitmap Upright(SKBitmap bitmap, SKEncodedOrigin origin)
    {
        (float width, float height) = (bitmap.Width, bitmap.Height);
        SKMatrix? turn = origin switch
        {
            SKEncodedOrigin.TopRight => new SKMatrix(-1, 0, width, 0, 1, 0, 0, 0, 1),
            SKEncodedOrigin.BottomRight => new SKMatrix(-1, 0, width, 0, -1, height, 0, 0, 1),
            SKEncodedOrigin.BottomLeft => new SKMatrix(1, 0, 0, 0, -1, height, 0, 0, 1),
            SKEncodedOrigin.LeftTop => new SKMatrix(0, 1, 0, 1, 0, 0, 0, 0, 1),
            SKEncodedOrigin.RightTop => new SKMatrix(0, -1, height, 1, 0, 0, 0, 0, 1),
            SKEncodedOrigin.RightBottom => new SKMatrix(0, -1, height, -1, 0, width, 0, 0, 1),
            SKEncodedOrigin.LeftBottom => new SKMatrix(0, 1, 0, -1, 0, width, 0, 0, 1),
            _ => null,
        };
        if (turn is not { } matrix)
        {
            return bitmap;
        }

        using (bitmap)
        {
            bool lies = matrix.ScaleX == 0;
            return Drawn(bitmap, lies ? bitmap.Height : bitmap.Width, lies ? bitmap.Width : bitmap.Height, matrix, SKMipmapMode.None);
        }
    }

    private static SKBitmap Drawn(SKBitmap source, int width, int height, SKMatrix matrix, SKMipmapMode averaging)
    {
        var drawn = new SKBitmap(Rgba(width, height));
        using var canvas = new SKCanvas(drawn);
        using var image = SKImage.FromBitmap(source);
        canvas.Clear(SKColors.Black);
        canvas.SetMatrix(matrix);
        canvas.DrawImage(image, 0, 0, new SKSamplingOptions(SKFilterMode.Linear, averaging));
        canvas.Flush();
        return drawn;
    }

    private static SKImageInfo Rgba(int width, int height) => new(width, height, SKColorType.Rgba8888, SKAlphaType.Premul);

    private static InvalidDataException Bad(string path, string what) => new($"'{path}' cannot be taken as a picture: {what}");
}
