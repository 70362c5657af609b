namespace ArcFace.Faces.Pictures;

/// <summary>From which to which number the pixels of a network's input go.</summary>
/// <param name="Low">Black.</param>
/// <param name="High">White.</param>
public readonly record struct PixelRange(double Low, double High)
{
    /// <summary>0 to 1: what folders and data sets hold.</summary>
    public static PixelRange Unit => new(0, 1);

    /// <summary>−1 to 1: what InsightFace's networks take.</summary>
    public static PixelRange AroundZero => new(-1, 1);

    /// <summary>0 to 255.</summary>
    public static PixelRange Bytes => new(0, byte.MaxValue);

    /// <summary>Pixels from 0 to 1 become x·(High − Low) + Low.</summary>
    internal Tensor FromUnit(Tensor pixels) => pixels.Times(High - Low).Plus(Low);

    /// <summary>Such as <c>-1..1</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Low}..{High}");

    /// <summary>What <see cref="ToString"/> wrote; null if the text is something else.</summary>
    internal static PixelRange? Parse(string text) =>
        text.Split("..") is [var low, var high]
        && double.TryParse(low, CultureInfo.InvariantCulture, out double from) && double.IsFinite(from)
        && double.TryParse(high, CultureInfo.InvariantCulture, out double to) && double.IsFinite(to) && from < to
            ? new(from, to)
            : null;
}
