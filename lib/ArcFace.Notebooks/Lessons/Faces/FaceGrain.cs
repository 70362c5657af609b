namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>Normal numbers for the noise, the same on every device: a picture takes a stretch of them, which goes round at the end.</summary>
internal static class FaceGrain
{
    public const int Length = 65_537;

    /// <summary>Where the stretch of a picture starts.</summary>
    public static int Start(ulong key) => (int)((key >> 40) % Length);

    /// <summary>The grain, long enough to read a stretch from any start without going round.</summary>
    public static float[] Make(int stretch)
    {
        var draws = new FaceDraws(Length);
        float[] grain = new float[Length + stretch - 1];
        for (int i = 0; i < grain.Length; i++)
        {
            grain[i] = i < Length ? (float)draws.Around(0, 1) : grain[i - Length];
        }

        return grain;
    }
}
