using static TorchSharp.torch;

namespace ArcFace.Faces.Pictures;

/// <summary>Pictures in files: PNG and JPEG are read, PNG is written.</summary>
public static class PictureFile
{
    /// <summary>Reads a picture, upright.</summary>
    /// <param name="path">A PNG or JPEG file; what it is tell its first bytes, not its name.</param>
    /// <param name="limits">What the file may be at most; the defaults if null.</param>
    /// <returns>[3, height, width] float32 from 0 to 1, red first, on the CPU; it belongs to the caller's dispose scope.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no PNG or JPEG, too large, or damaged.</exception>
    public static Tensor Load(string path, PictureLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var picture = Picture.Load(path, limits ?? new PictureLimits());
        byte[] planes = new byte[3 * picture.Width * picture.Height];
        picture.CopyTo(planes);
        using var scope = NewDisposeScope();
        return tensor(planes, [3, picture.Height, picture.Width]).to(ScalarType.Float32).Over(byte.MaxValue).MoveToOuterDisposeScope();
    }

    /// <summary>Writes a picture as PNG; a file of that name is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="picture">[1 or 3, height, width], values from 0 to 1, on any device.</param>
    /// <exception cref="ArgumentException">The picture has another shape.</exception>
    public static void Save(string path, Tensor picture)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(picture);
        if (picture.dim() != 3 || picture.shape[0] is not (1 or 3) || picture.numel() == 0)
        {
            throw new ArgumentException(
                $"the picture is [{string.Join(", ", picture.shape)}]; give [1 or 3, height, width]", nameof(picture));
        }

        using var scope = NewDisposeScope();
        Tensor bytes = picture.detach().Times((double)byte.MaxValue).round_().Clamped(0.0, byte.MaxValue).to(ScalarType.Byte).cpu().contiguous();
        File.WriteAllBytes(path, Picture.EncodePng(bytes.data<byte>().ToArray(), (int)picture.shape[2], (int)picture.shape[1]));
    }
}
