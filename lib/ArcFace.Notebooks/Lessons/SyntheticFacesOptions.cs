namespace ArcFace.Notebooks.Lessons;

/// <summary>Which of three populations without a common person the synthetic faces are taken from.</summary>
public enum FaceSplit
{
    /// <summary>The people to learn from.</summary>
    Training,

    /// <summary>The people to choose settings with.</summary>
    Validation,

    /// <summary>The people to report on, once.</summary>
    Test,
}

/// <summary>How <see cref="SyntheticFaces"/> look.</summary>
public sealed record SyntheticFacesOptions
{
    /// <summary>Height and width in pixels, from 16 to 512. Usual are 64 and 112.</summary>
    public int Size { get; init; } = 64;

    /// <summary>Three channels (red, green, blue) instead of one (luminance).</summary>
    public bool Colour { get; init; } = true;

    /// <summary>
    /// How much two pictures of one person differ, from 0 (passport pictures: almost frontal, evenly lit, nothing worn) to 1
    /// (turned up to 50°, lit from the side, with glasses or masks, blurred and noisy).
    /// </summary>
    public double Difficulty { get; init; } = 0.5;

    /// <summary>Another seed is another population.</summary>
    public long Seed { get; init; }

    /// <summary>The part of the population: the parts have no person in common.</summary>
    public FaceSplit Split { get; init; } = FaceSplit.Training;
}
