using System.Diagnostics.CodeAnalysis;
using SkiaSharp;

namespace ArcFace.Faces.Pictures;

/// <summary>A decoded picture, upright: the orientation that a camera wrote into the file is applied. What is transparent lies on white.</summary>
/// <remarks>Skia decodes: it is what browsers trust with pictures from anywhere. It is asked for PNG and JPEG alone, and only after the
/// length, the first bytes and the size in the header have been checked. It reads from the file, which is never in memory as a
/// whole.</remarks>
internal sealed class Picture : IDisposable
{
    private static readonly byte[] PngStart = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];
    private static readonly byte[] JpegStart = [0xFF, 0xD8, 0xFF];

    // Below half its size, a picture sampled at single points would flicker.
    private const double SmallestWithoutAveraging = 0.5;

    private readonly SKBitmap _bitmap;
    private readonly SKMatrix _upright;       // from the corners of the bitmap's pixels to those of the upright picture in full size
    private Action? _released;

    private Picture(SKBitmap bitmap, int width, int height, SKMatrix upright, Action? released) =>
        (_bitmap, Width, Height, _upright, _released) = (bitmap, width, height, upright, released);

    /// <summary>Pixels across, upright and in full size.</summary>
    public int Width { get; }

    public int Height { get; }

    /// <summary>Decodes a file, once <paramref name="budget"/> has room for its pixels.</summary>
    /// <remarks>From width and height, <paramref name="scaleOf"/> tells how many times as large the picture will be drawn. A JPEG is then
    /// decoded in as few eighths of its size as leave twice that.</remarks>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no PNG or JPEG, too small or large, or damaged.</exception>
    public static Picture Load(string path, PictureLimits limits, Func<int, int, double>? scaleOf = null, PixelBudget? budget = null)
    {
        using var codec = Open(path, limits, out var origin);
        return Decoded(codec, origin, path, scaleOf, budget);
    }

    /// <summary>Decodes the content of a PNG or JPEG file, which errors call <paramref name="name"/>.</summary>
    /// <exception cref="InvalidDataException">It is no PNG or JPEG, too large, or damaged.</exception>
    public static Picture Load(byte[] content, string name, PictureLimits limits, Func<int, int, double>? scaleOf = null)
    {
        using var data = SKData.CreateCopy(content);
        using var codec = Open(new MemoryStream(content), () => SKCodec.Create(data), name, limits, out var origin);
        return Decoded(codec, origin, name, scaleOf, null);
    }

    private static Picture Decoded(SKCodec codec, SKEncodedOrigin origin, string path, Func<int, int, double>? scaleOf, PixelBudget? budget)
    {
        (int width, int height) = (codec.Info.Width, codec.Info.Height);
        bool lies = origin >= SKEncodedOrigin.LeftTop;
        double scale = scaleOf?.Invoke(lies ? height : width, lies ? width : height) ?? 1;
        var size = codec.GetScaledDimensions((float)Math.Min(1, Math.Ceiling(16 * scale) / 8));
        long pixels = (long)width * height;
        budget?.Take(pixels);
        var bitmap = new SKBitmap();
        try
        {
            Require(bitmap.TryAllocPixels(Rgba(size.Width, size.Height)), path, $"there is no room for its {pixels} pixels");
            var result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
            Require(result == SKCodecResult.Success, path, result == SKCodecResult.IncompleteInput ? "it is cut short" : $"it is damaged ({result})");
            if (codec.Info.AlphaType != SKAlphaType.Opaque)
            {
                using var canvas = new SKCanvas(bitmap);
                canvas.DrawColor(SKColors.White, SKBlendMode.DstOver);
            }

            bitmap.SetImmutable();
            var upright = SKMatrix.Concat(Turn(origin, width, height), SKMatrix.CreateScale((float)width / size.Width, (float)height / size.Height));
            return new Picture(bitmap, lies ? height : width, lies ? width : height, upright, () => budget?.Return(pixels));
        }
        catch
        {
            bitmap.Dispose();
            budget?.Return(pixels);
            throw;
        }
    }

    /// <summary>Makes sure, by its header alone, that a file may be loaded.</summary>
    /// <inheritdoc cref="Load(string, PictureLimits, Func{int, int, double}, PixelBudget)"/>
    public static void Check(string path, PictureLimits limits) => Open(path, limits, out _).Dispose();

    /// <summary>The pixels that <paramref name="transform"/>, which counts from the middle of a pixel, maps the picture to, or black.</summary>
    public byte[] Planes(SimilarityTransform transform, int channels, int width, int? height = null)
    {
        // Skia counts from the corner of a pixel, the transform from the middle.
        double x = transform.X + 0.5 - (0.5 * (transform.A - transform.B)), y = transform.Y + 0.5 - (0.5 * (transform.B + transform.A));
        return Drawn(channels, width, height ?? width, new SKMatrix(
            (float)transform.A, (float)-transform.B, (float)x, (float)transform.B, (float)transform.A, (float)y, 0, 0, 1));
    }

    /// <summary>What leads a picture's largest square in the middle to <paramref name="size"/>² pixels.</summary>
    public static SimilarityTransform MiddleSquare(int width, int height, int size)
    {
        double scale = (double)size / Math.Min(width, height), middle = (size - 1) / 2.0;
        return new SimilarityTransform(scale, 0, middle - (scale * (width - 1) / 2), middle - (scale * (height - 1) / 2));
    }

    /// <summary>The pixels, upright and channel after channel: three (red, green, blue) or one (luminance).</summary>
    public byte[] Planes(int channels) => _upright.IsIdentity ? Planes(_bitmap, channels) : Drawn(channels, Width, Height, SKMatrix.Identity);

    private static byte[] Planes(SKBitmap bitmap, int channels)
    {
        var pixels = bitmap.GetPixelSpan();
        int count = bitmap.Width * bitmap.Height;
        byte[] planes = new byte[channels * count];
        for (int i = 0; i < count; i++)
        {
            (byte red, byte green, byte blue) = (pixels[4 * i], pixels[(4 * i) + 1], pixels[(4 * i) + 2]);
            if (channels == 1)
            {
                planes[i] = (byte)((0.299 * red) + (0.587 * green) + (0.114 * blue) + 0.5);
            }
            else
            {
                (planes[i], planes[count + i], planes[(2 * count) + i]) = (red, green, blue);
            }
        }

        return planes;
    }

    /// <summary>Such planes of several pictures of one shape, [N, …] in float32 from 0 to 1.</summary>
    public static Tensor ToTensor(IEnumerable<byte[]> pictures, params long[] shape) => WrappedTensorDisposeScope(
        () => stack([.. pictures.Select(planes => tensor(planes, shape))]).to(ScalarType.Float32).DivideInPlace(byte.MaxValue));

    /// <summary>Those of one picture.</summary>
    public static Tensor ToTensor(byte[] planes, params long[] shape) => WrappedTensorDisposeScope(
        () => tensor(planes, shape).to(ScalarType.Float32).DivideInPlace(byte.MaxValue));

    public void Dispose()
    {
        _bitmap.Dispose();
        Interlocked.Exchange(ref _released, null)?.Invoke();
    }

    /// <summary>A PNG file of the picture.</summary>
    public byte[] EncodePng()
    {
        using var encoded = _bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        return encoded.ToArray();
    }

    /// <summary>The picture of such planes.</summary>
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

        return new Picture(bitmap, width, height, SKMatrix.Identity, null);
    }

    private static SKCodec Open(string path, PictureLimits limits, out SKEncodedOrigin origin)
    {
        // What is no ordinary file, such as a pipe, has no length and is never opened.
        long length = new FileInfo(path).Length;
        Require(length > 0, path, "it is empty");
        Require(length <= limits.MaximumBytes, path, $"it has {length} bytes, and at most {limits.MaximumBytes} are taken");
        using var file = BoundedFile.Open(path);
        return Open(file, () => SKCodec.Create(path), path, limits, out origin);
    }

    private static SKCodec Open(Stream content, Func<SKCodec?> create, string path, PictureLimits limits, out SKEncodedOrigin origin)
    {
        Span<byte> start = stackalloc byte[8];
        start = start[..content.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        bool isPng = start.SequenceEqual(PngStart);
        origin = isPng ? PngOrientation.Read(content) : SKEncodedOrigin.TopLeft;
        Require(isPng || start.StartsWith(JpegStart), path, "it is neither PNG nor JPEG");
        var codec = create();
        Require(codec is not null, path, "its header is damaged");
        (int width, int height) = (codec.Info.Width, codec.Info.Height);
        string? wrong =
            (long)width * height > limits.MaximumPixels ? $"it has {width}×{height} pixels, and at most {limits.MaximumPixels} are taken"
            : Math.Min(width, height) < limits.MinimumSide ? $"it has {width}×{height} pixels, and either side must have {limits.MinimumSide}"
            : codec.EncodedFormat is SKEncodedImageFormat.Png or SKEncodedImageFormat.Jpeg ? null : "it is neither PNG nor JPEG";
        if (wrong is not null)
        {
            codec.Dispose();
        }

        Require(wrong is null, path, wrong);
        origin = codec.EncodedFormat == SKEncodedImageFormat.Jpeg ? codec.EncodedOrigin : origin;
        return codec;
    }

    /// <summary>What turns a picture of so many pixels upright, corners of pixels to corners of pixels.</summary>
    private static SKMatrix Turn(SKEncodedOrigin origin, float width, float height) => origin switch
    {
        SKEncodedOrigin.TopRight => new SKMatrix(-1, 0, width, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new SKMatrix(-1, 0, width, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new SKMatrix(1, 0, 0, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new SKMatrix(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new SKMatrix(0, -1, height, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new SKMatrix(0, -1, height, -1, 0, width, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new SKMatrix(0, 1, 0, -1, 0, width, 0, 0, 1),
        _ => SKMatrix.Identity,
    };

    private byte[] Drawn(int channels, int width, int height, SKMatrix transform)
    {
        using var drawn = new SKBitmap(Rgba(width, height));
        using var canvas = new SKCanvas(drawn);
        using var image = SKImage.FromBitmap(_bitmap);
        var matrix = SKMatrix.Concat(transform, _upright);
        bool averaged = Math.Sqrt(Math.Abs((matrix.ScaleX * matrix.ScaleY) - (matrix.SkewX * matrix.SkewY))) < SmallestWithoutAveraging;
        canvas.Clear(SKColors.Black);
        canvas.SetMatrix(matrix);
        canvas.DrawImage(image, 0, 0, new SKSamplingOptions(SKFilterMode.Linear, averaged ? SKMipmapMode.Linear : SKMipmapMode.None));
        canvas.Flush();
        return Planes(drawn, channels);
    }

    private static SKImageInfo Rgba(int width, int height) => new(width, height, SKColorType.Rgba8888, SKAlphaType.Premul);

    private static void Require([DoesNotReturnIf(false)] bool fits, string path, string? otherwise) =>
        InvalidDataException.ThrowIf(!fits, $"'{path}' cannot be taken as a picture: {otherwise}");
}
