using ArcFace.Data;

namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>The draws behind one person or one picture: the same key gives the same draws.</summary>
internal readonly struct FaceDraws(ulong key)
{
    private readonly SplitMix64 _random = new(key);

    /// <summary>Uniform between two bounds.</summary>
    public double Between(double low, double high) => low + ((high - low) * _random.NextDouble());

    /// <summary>Whether an event of this probability happens.</summary>
    public bool Happens(double probability) => _random.NextDouble() < probability;

    /// <summary>Normal with this mean and deviation, cut at two deviations, so that every face stays plausible.</summary>
    public double Around(double mean, double deviation)
    {
        // Box and Muller; both numbers are drawn anew when the result falls outside.
        while (true)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble()));
            double normal = radius * Math.Cos(2 * Math.PI * _random.NextDouble());
            if (Math.Abs(normal) <= 2)
            {
                return mean + (deviation * normal);
            }
        }
    }
}
