namespace ArcFace.Losses;

/// <summary>Which triplets of a batch to learn from.</summary>
public enum TripletStrategy
{
    /// <summary>Every valid triplet: N·k·(N−k) kinds of them, most of which soon teach nothing.</summary>
    All,

    /// <summary>For each anchor and positive one negative, drawn at random.</summary>
    Random,

    /// <summary>For each anchor and positive the nearest negative that is farther than the positive, but within the margin: FaceNet (arXiv
    /// 1503.03832), equation 4. Pairs without one are left out.</summary>
    SemiHard,

    /// <summary>For each anchor its farthest positive and its nearest negative (batch hard, arXiv 1703.07737).</summary>
    Hard,
}
