namespace ArcFace.Losses;

/// <summary>How a margin loss is computed. The result is the same.</summary>
public enum MarginKernel
{
    /// <summary><see cref="Fused"/>, but for fewer than 65,536 logits N·C·K, for which <see cref="Eager"/> takes less time.</summary>
    Auto,

    /// <summary>The formula, written as tensor operations and differentiated by autograd. Holds several matrices [N, C].</summary>
    Eager,

    /// <summary>Forward and backward by hand, in chunks of classes, within the bound of
    /// <see cref="MarginSoftmaxOptions.WorkspaceBytes"/>.</summary>
    Fused,
}
