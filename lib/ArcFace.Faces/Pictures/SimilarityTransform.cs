namespace ArcFace.Faces.Pictures;

/// <summary>Turns, scales evenly and shifts the plane: x′ = A·x − B·y + X, y′ = B·x + A·y + Y.</summary>
/// <param name="A">Scale times the cosine of the turn.</param>
/// <param name="B">Scale times the sine of the turn.</param>
/// <param name="X">The shift across.</param>
/// <param name="Y">The shift down.</param>
public readonly record struct SimilarityTransform(double A, double B, double X, double Y)
{
    /// <summary>What lengths are multiplied with.</summary>
    public double Scale => Math.Sqrt((A * A) + (B * B));

    /// <summary>The turn in radians, from the x axis towards the y axis.</summary>
    public double Angle => Math.Atan2(B, A);

    /// <summary>Where a point goes.</summary>
    public Vector2 Apply(Vector2 point) =>
        new((float)((A * point.X) - (B * point.Y) + X), (float)((B * point.X) + (A * point.Y) + Y));

    /// <summary>The transform T that makes Σ‖T(fromᵢ) − toᵢ‖² as small as it can be, without a reflection.</summary>
    /// <remarks>Source: S. Umeyama, "Least-squares estimation of transformation parameters between two point patterns", IEEE PAMI 13(4),
    /// 1991. In the plane, with p and q the points less their means, its solution is A = Σ p·q / Σ‖p‖² and B = Σ p×q / Σ‖p‖².</remarks>
    /// <param name="from">At least two points, not all the same.</param>
    /// <param name="to">As many.</param>
    /// <exception cref="ArgumentException">The points are too few, not as many, all the same, or not finite.</exception>
    public static SimilarityTransform Between(IReadOnlyList<Vector2> from, IReadOnlyList<Vector2> to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        ArgumentException.ThrowIf(from.Count < 2 || from.Count != to.Count,
            $"{from.Count} points go to {to.Count}; give two or more, and as many of both", nameof(to));
        double fromX = from.Average(p => (double)p.X), fromY = from.Average(p => (double)p.Y);
        double toX = to.Average(q => (double)q.X), toY = to.Average(q => (double)q.Y);
        double spread = 0, along = 0, across = 0;
        for (int i = 0; i < from.Count; i++)
        {
            (double px, double py, double qx, double qy) = (from[i].X - fromX, from[i].Y - fromY, to[i].X - toX, to[i].Y - toY);
            spread += (px * px) + (py * py);
            along += (px * qx) + (py * qy);
            across += (px * qy) - (py * qx);
        }

        ArgumentException.ThrowIf(!(spread > 0 && double.IsFinite(spread) && double.IsFinite(along) && double.IsFinite(across)),
            "the points are all the same, or not finite, so no scale and turn follow from them", nameof(from));
        (double a, double b) = (along / spread, across / spread);
        return new SimilarityTransform(a, b, toX - ((a * fromX) - (b * fromY)), toY - ((b * fromX) + (a * fromY)));
    }
}
