namespace ArcFace.Faces.Pictures;

/// <summary>Five points of a face in a picture: x to the right, y down, (0, 0) in the middle of the first pixel.</summary>
/// <param name="LeftEye">The middle of the eye on the left of the picture.</param>
/// <param name="RightEye">The middle of the eye on the right of the picture.</param>
/// <param name="Nose">The tip of the nose.</param>
/// <param name="LeftMouthCorner">The corner of the mouth on the left of the picture.</param>
/// <param name="RightMouthCorner">The corner of the mouth on the right of the picture.</param>
public sealed record FaceLandmarks(
    Vector2 LeftEye, Vector2 RightEye, Vector2 Nose, Vector2 LeftMouthCorner, Vector2 RightMouthCorner)
{
    /// <summary>The side of the square that <see cref="Reference"/> is for, in pixels.</summary>
    public const int ReferenceSize = 112;

    /// <summary>Where the five points belong in an aligned picture of 112×112: the positions that InsightFace trains on.</summary>
    public static FaceLandmarks Reference { get; } = new(
        new(38.2946f, 51.6963f), new(73.5318f, 51.5014f), new(56.0252f, 71.7366f), new(41.5493f, 92.3655f), new(70.7299f, 92.2041f));

    /// <summary>The five, in the order of the parameters.</summary>
    public IReadOnlyList<Vector2> Points => [LeftEye, RightEye, Nose, LeftMouthCorner, RightMouthCorner];

    /// <summary>The five from ten numbers, x before y.</summary>
    internal static FaceLandmarks Of(ReadOnlySpan<float> numbers) =>
        new(new(numbers[..2]), new(numbers[2..4]), new(numbers[4..6]), new(numbers[6..8]), new(numbers[8..10]));

    /// <summary>The five, each moved.</summary>
    internal FaceLandmarks Moved(Func<Vector2, Vector2> to) =>
        new(to(LeftEye), to(RightEye), to(Nose), to(LeftMouthCorner), to(RightMouthCorner));

    /// <summary>What brings the five as near as it can to where they belong in a square of <paramref name="size"/>² pixels.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1.</exception>
    /// <exception cref="ArgumentException">The five are all the same point, or not finite.</exception>
    public SimilarityTransform ToAligned(int size = ReferenceSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);

        // Scaled about the corner of the picture, which is half a pixel off the middle of its first pixel.
        float scale = (float)size / ReferenceSize;
        var half = new Vector2(0.5f);
        return SimilarityTransform.Between(Points, [.. Reference.Points.Select(point => ((point + half) * scale) - half)]);
    }
}
