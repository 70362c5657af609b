namespace ArcFace.Faces.Detection;

/// <summary>What a <see cref="FaceDetector"/> takes for a face.</summary>
public sealed record FaceDetectorOptions
{
    /// <summary>Faces of a lower score are left out, 0..1.</summary>
    public double MinimumScore { get; init; } = 0.5;

    /// <summary>Of two boxes that overlap more (intersection over union), the one with the lower score is left out, 0..1.</summary>
    public double MaximumOverlap { get; init; } = 0.4;

    /// <summary>The longer side to which a picture is scaled, a multiple of 32, where the file takes any: smaller is faster and misses small faces.</summary>
    public int InputSize { get; init; } = 640;

    /// <summary>How many threads compute for one picture; 0 for one on each core.</summary>
    public int Threads { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIf(!(MinimumScore is >= 0 and <= 1 && MaximumOverlap is >= 0 and <= 1),
            $"MinimumScore {MinimumScore} or MaximumOverlap {MaximumOverlap} is outside 0..1", nameof(MinimumScore));
        ArgumentOutOfRangeException.ThrowIf(InputSize is < 32 or > 4096 || InputSize % 32 != 0,
            $"InputSize {InputSize} is no multiple of 32 from 32 to 4096", nameof(InputSize));
    }
}
