namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>The few shapes that everything is drawn from.</summary>
internal static class FaceShapes
{
    /// <summary>A hill over an ellipse, 1 in the middle: max(0, 1 − q/4)⁴ with q = ((x − x₀)/a)² + ((y − y₀)/b)².</summary>
    public static Field Bump(Field x, Field middleX, Field y, Field middleY, Field halfWidth, Field halfHeight) =>
        Hill(Ellipse(x, middleX, y, middleY, 2 * halfWidth, 2 * halfHeight));

    /// <summary>A hill along a line, 1 where x = x₀: max(0, 1 − q/4)⁴ with q = ((x − x₀)/a)².</summary>
    public static Field Ridge(Field x, Field middle, Field halfWidth) => Hill(((x - middle) / (2 * halfWidth)).Square());

    /// <summary>((x − x₀)/a)² + ((y − y₀)/b)²: 1 on an ellipse, less inside.</summary>
    public static Field Ellipse(Field x, Field middleX, Field y, Field middleY, Field halfWidth, Field halfHeight) =>
        ((x - middleX) / halfWidth).Square() + ((y - middleY) / halfHeight).Square();

    /// <summary>1 where <paramref name="depth"/> is well above 0, 0 well below, in between a straight ramp.</summary>
    /// <param name="depth">A distance.</param>
    /// <param name="softness">A quarter of the ramp's width.</param>
    public static Field Inside(Field depth, Field softness) => ((depth / (4 * softness)) + 0.5).Clamp(0, 1);

    /// <summary>max(0, 1 − q)⁴, which is near exp(−4q) but ends.</summary>
    private static Field Hill(Field q) => (q - 1).AtMost(0).Square().Square();
}
