namespace ArcFace.Evaluation;

/// <summary>A figure and the interval that is to cover its true value.</summary>
/// <param name="Estimate">The figure on the data as they are.</param>
/// <param name="Lower">Lower end.</param>
/// <param name="Upper">Upper end.</param>
public sealed record ConfidenceInterval(double Estimate, double Lower, double Upper);
