namespace ArcFace.Losses;

/// <summary>How a <see cref="MarginSoftmaxLoss"/> computes. The defaults are ArcFace as its paper trains it.</summary>
public sealed record MarginSoftmaxOptions
{
    /// <summary>The penalty (m1, m2, m3) on the target angle. ArcFace's m2 = 0.5 unless set.</summary>
    public AngularMargin Margin { get; init; } = AngularMargin.ArcFace();

    /// <summary>The scale s: the radius of the hypersphere, positive. The paper's is 64; with few classes less is better.</summary>
    public double Scale { get; init; } = 64;

    /// <summary>What the target logit does past m1·θ + m2 = π.</summary>
    public MarginBoundary Boundary { get; init; } = MarginBoundary.Monotone;

    /// <summary>Whether the gradient is that of the loss, or treats the margin as a constant.</summary>
    public MarginGradient Gradient { get; init; } = MarginGradient.Exact;

    /// <summary>How the loss is computed: which memory and time it takes, never what comes out.</summary>
    public MarginKernel Kernel { get; init; } = MarginKernel.Auto;

    /// <summary>K, the sub-centers of a class: a sample counts as near to the nearest. 1 is plain ArcFace; 3 stands noisy labels.</summary>
    public int CentersPerClass { get; init; } = 1;

    /// <summary>ε: the share of the target spread evenly over all classes, at least 0 and below 1.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>r: the share of the classes that a training step looks at (Partial FC), above 0 and at most 1, which is all of them. They
    /// are the classes of the batch, filled up to ⌈r·C⌉ with others that torch's generator draws uniformly, without replacement: seed it
    /// with <c>torch.random.manual_seed</c>. Below 1 the weight's gradient is sparse and names the drawn rows alone.</summary>
    public double SampleRate { get; init; } = 1;

    /// <summary>The most bytes of logits that <see cref="MarginKernel.Fused"/> holds at a time. 256 MiB hold a batch of 128 against half a
    /// million classes at once, and fit any machine that can hold the weight of so many.</summary>
    public long WorkspaceBytes { get; init; } = 256L << 20;

    internal void Validate(string name)
    {
        Require(
            Margin.M1 > 0 && double.IsFinite(Margin.M1) && double.IsFinite(Margin.M2) && double.IsFinite(Margin.M3),
            $"the margin {Margin} must be finite, with M1 above 0; {nameof(AngularMargin)}.{nameof(AngularMargin.None)} is no margin.");
        Require(Scale > 0 && double.IsFinite(Scale), $"the scale {Scale} must be positive and finite; the paper's is 64.");
        Require(Enum.IsDefined(Boundary), $"{Boundary} is no {nameof(MarginBoundary)}.");
        Require(Enum.IsDefined(Gradient), $"{Gradient} is no {nameof(MarginGradient)}.");
        Require(Enum.IsDefined(Kernel), $"{Kernel} is no {nameof(MarginKernel)}.");
        Require(CentersPerClass >= 1, $"{CentersPerClass} centers a class: at least 1 is needed.");
        Require(LabelSmoothing >= 0 && LabelSmoothing < 1, $"the label smoothing {LabelSmoothing} must be at least 0 and below 1.");
        Require(SampleRate > 0 && SampleRate <= 1, $"the sample rate {SampleRate} must be above 0 and at most 1, which is every class.");
        Require(WorkspaceBytes > 0, $"{WorkspaceBytes} bytes of workspace: at least 1 is needed.");

        void Require(bool condition, string message) => ArgumentOutOfRangeException.ThrowIf(!condition, message, name);
    }
}

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

/// <summary>Which gradient a margin loss hands back. The loss itself is the same.</summary>
public enum MarginGradient
{
    /// <summary>The gradient of the loss.</summary>
    Exact,

    /// <summary>The margin counts as a constant, as if ∂ψ/∂cos θ were 1: the softmax gradient at the margin's probabilities. It is not the
    /// gradient of the loss. arcface_torch computes this one.</summary>
    Detached,
}

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
