namespace ArcFace.Faces.Pictures;

/// <summary>Pictures in files: PNG and JPEG are read, PNG is written.</summary>
public static class PictureFile
{
    /// <summary>Reads a picture, upright; what is transparent in it is laid on white.</summary>
    /// <remarks>Takes at most twice the memory of what it returns, or 16 bytes a pixel in an interlaced or progressive file.</remarks>
    /// <param name="path">A PNG or JPEG file; what it is tell its first bytes, not its name.</param>
    /// <param name="limits">What the file may be at most; the defaults if null.</param>
    /// <returns>[3, height, width] float32 from 0 to 1, red first, on the CPU; it belongs to the caller's dispose scope.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no PNG or JPEG, too large, or damaged.</exception>
    public static Tensor Load(string path, PictureLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var picture = Picture.Load(path, limits ?? new PictureLimits());
        byte[] planes = picture.Planes(3);

        // The tensor takes the memory that the picture has given back.
        picture.Dispose();
        return Picture.ToTensor(planes, 3, picture.Height, picture.Width);
    }

    /// <summary>Writes a picture as PNG; a file of that name is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="picture">[1 or 3, height, width], values from 0 to 1, on any device.</param>
    /// <exception cref="ArgumentException">The picture has another shape.</exception>
    /// <exception cref="IOException">The file cannot be written; one that was there is as it was.</exception>
    public static void Save(string path, Tensor picture)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var pixels = ToPicture(picture);
        byte[] png = pixels.EncodePng();
        AtomicFile.Write(path, stream => stream.Write(png));
    }

    /// <summary>Faces cut out of a picture, turned and scaled so that their points lie where a network expects them.</summary>
    /// <param name="picture">[1 or 3, height, width], values from 0 to 1.</param>
    /// <param name="faces">The points of each, at least one face.</param>
    /// <param name="size">Height and width of a face.</param>
    /// <returns>[N, 3, size, size] float32 from 0 to 1 on the CPU; it belongs to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The picture has another shape, or there is no face.</exception>
    public static Tensor Aligned(Tensor picture, IReadOnlyList<FaceLandmarks> faces, int size = FaceLandmarks.ReferenceSize)
    {
        ArgumentNullException.ThrowIfNull(faces);
        ArgumentOutOfRangeException.ThrowIfZero(faces.Count, nameof(faces));
        using var source = ToPicture(picture);
        return Picture.ToTensor(faces.Select(face => source.Planes(face.ToAligned(size), 3, size)), 3, size, size);
    }

    /// <summary>The picture [1 or 3, height, width] of values from 0 to 1.</summary>
    internal static Picture ToPicture(Tensor picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentException.ThrowIf(picture.dim() != 3 || picture.shape[0] is not (1 or 3) || picture.numel() == 0,
            $"the picture is [{string.Join(", ", picture.shape)}]; give [1 or 3, height, width]", nameof(picture));
        using var scope = NewDisposeScope();
        Tensor bytes = picture.detach().Times((double)byte.MaxValue).round_().Clamped(0.0, byte.MaxValue).to(ScalarType.Byte).cpu().contiguous();
        return Picture.Of(bytes.data<byte>().ToArray(), (int)picture.shape[2], (int)picture.shape[1]);
    }
}

/// <summary>What a picture file may be at most, looked at before memory is taken for it.</summary>
public sealed record PictureLimits
{
    /// <summary>The length of the file.</summary>
    public long MaximumBytes { get; init; } = 32L << 20;

    /// <summary>Width times height of a picture, and of all those together that a folder decodes at one time.</summary>
    /// <remarks>Decoding takes at most 16 bytes a pixel: 4 for the picture, the rest in decoders of interlaced and progressive files.</remarks>
    public long MaximumPixels { get; init; } = 64_000_000;

    /// <summary>The least width and height.</summary>
    internal int MinimumSide { get; init; } = 1;
}
