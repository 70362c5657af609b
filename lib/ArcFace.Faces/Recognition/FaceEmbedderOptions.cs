using ArcFace.Faces.Pictures;

namespace ArcFace.Faces.Recognition;

/// <summary>How a <see cref="FaceEmbedder"/> computes.</summary>
public sealed record FaceEmbedderOptions
{
    /// <summary>Whether each picture is embedded with its mirror image, which costs twice the time and often gains a little.</summary>
    public bool FlipAveraging { get; init; }

    /// <summary>How many pictures are embedded at once.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>The pixels that the network takes; null for what file or network say.</summary>
    public PixelRange? InputRange { get; init; }

    /// <summary>Where networks of this library compute; the CPU if null. ONNX files compute on the CPU.</summary>
    public Device? Device { get; init; }
}
