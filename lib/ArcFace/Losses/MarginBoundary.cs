namespace ArcFace.Losses;

/// <summary>What the target logit does past φ = π, where φ = m1·θ + m2: there cos φ rises again, so that a sample farther from its class
/// would score better.</summary>
public enum MarginBoundary
{
    /// <summary>(−1)^k·cos φ − 2k − m3 with k = ⌊φ/π⌋: continuous, continuously differentiable, and never rising. SphereFace's own
    /// extension (arXiv 1704.08063, section 3.2), here for every margin.</summary>
    Monotone,

    /// <summary>cos θ − m2·sin m2 − m3 past π: common elsewhere. It jumps, for ArcFace at m2 = 0.5 from −1 to −1.117.</summary>
    Linear,

    /// <summary>cos φ − m3 everywhere, rising past π.</summary>
    Raw,

    /// <summary>cos φ − m3 where cos θ &gt; 0, and no margin elsewhere: cos θ. It jumps up at 90°.</summary>
    Easy,
}
