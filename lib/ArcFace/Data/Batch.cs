namespace ArcFace.Data;

/// <summary>What one step learns from.</summary>
/// <param name="Samples">[N, …]: the input of the body.</param>
/// <param name="Labels">[N]: what the head compares with, int64 classes as a rule.</param>
public readonly record struct Batch(Tensor Samples, Tensor Labels);
