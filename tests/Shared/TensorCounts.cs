namespace ArcFace.Tests;

/// <summary>Tests that count the live tensors of the process, or change a setting that all of torch shares: they run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TensorCounts
{
    /// <summary>What such a test class names in its <c>[Collection]</c>.</summary>
    public const string Name = "Tensor counts";
}
