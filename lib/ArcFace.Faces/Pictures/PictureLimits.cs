namespace ArcFace.Faces.Pictures;

/// <summary>What a picture file may be at most, looked at before memory is taken for it.</summary>
public sealed record PictureLimits
{
    /// <summary>The length of the file.</summary>
    public long MaximumBytes { get; init; } = 32L << 20;

    /// <summary>Width times height. A decoded pixel takes four bytes.</summary>
    public long MaximumPixels { get; init; } = 64_000_000;
}
