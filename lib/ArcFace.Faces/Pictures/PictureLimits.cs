namespace ArcFace.Faces.Pictures;

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
