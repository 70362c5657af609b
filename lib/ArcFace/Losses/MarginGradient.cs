namespace ArcFace.Losses;

/// <summary>Which gradient a margin loss hands back. The loss itself is the same.</summary>
public enum MarginGradient
{
    /// <summary>The gradient of the loss.</summary>
    Exact,

    /// <summary>The margin counts as a constant, as if ∂ψ/∂cos θ were 1: the softmax gradient at the margin's probabilities. It is not the
    /// gradient of the loss. arcface_torch computes this one.</summary>
    Detached,
}
