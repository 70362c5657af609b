namespace ArcFace.Losses;

/// <summary>How a margin loss is computed. The result is the same.</summary>
public enum MarginKernel
{
    /// <summary>The best kernel that there is for the options at hand.</summary>
    Auto,

    /// <summary>The formula, written as tensor operations and differentiated by autograd. Holds several matrices [N, C].</summary>
    Eager,

    /// <summary>
    /// Forward and backward by hand, in chunks of classes, within the bound of <see cref="MarginSoftmaxOptions.WorkspaceBytes"/>.
    /// </summary>
    Fused,
}
