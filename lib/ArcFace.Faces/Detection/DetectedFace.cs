namespace ArcFace.Faces.Detection;

/// <summary>Which face counts where one is wanted and a picture shows several.</summary>
public enum FaceChoice
{
    /// <summary>The one with the largest box.</summary>
    Largest,

    /// <summary>The one whose box lies nearest to the middle of the picture.</summary>
    MostCentral,
}

/// <summary>A face that was found in a picture: a box and, where the detector gives them, five points. In pixels, as <see cref="FaceLandmarks"/> counts.</summary>
/// <param name="Left">The left edge of the box.</param>
/// <param name="Top">The upper edge.</param>
/// <param name="Width">The width of the box.</param>
/// <param name="Height">The height of the box.</param>
/// <param name="Score">How sure the detector is, 0..1.</param>
/// <param name="Landmarks">The five points; null from a detector without.</param>
public sealed record DetectedFace(float Left, float Top, float Width, float Height, float Score, FaceLandmarks? Landmarks)
{
    /// <summary>Intersection over union of two boxes, 0..1.</summary>
    public double Overlap(DetectedFace other)
    {
        ArgumentNullException.ThrowIfNull(other);
        double across = Math.Min(Left + Width, other.Left + other.Width) - Math.Max(Left, other.Left);
        double down = Math.Min(Top + Height, other.Top + other.Height) - Math.Max(Top, other.Top);
        double both = Math.Max(0, across) * Math.Max(0, down), either = ((double)Width * Height) + ((double)other.Width * other.Height) - both;
        return either > 0 ? both / either : 0;
    }

    /// <summary>The face that counts; null where there is none.</summary>
    /// <param name="faces">The faces in a picture.</param>
    /// <param name="choice">Which counts.</param>
    /// <param name="width">The width of the picture.</param>
    /// <param name="height">Its height.</param>
    public static DetectedFace? Choose(IEnumerable<DetectedFace> faces, FaceChoice choice, int width, int height)
    {
        var middle = new Vector2(width - 1, height - 1) / 2;
        return choice == FaceChoice.Largest
            ? faces.MaxBy(face => face.Width * face.Height)
            : faces.MinBy(face => Vector2.DistanceSquared(new(face.Left + (face.Width / 2), face.Top + (face.Height / 2)), middle));
    }
}
