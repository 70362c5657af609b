namespace ArcFace.Evaluation;

/// <summary>The angles of one class, in degrees; NaN where the class has no weight, no sample or no neighbour.</summary>
/// <param name="Label">The class.</param>
/// <param name="SampleCount">Its samples.</param>
/// <param name="WeightToCenter">Between its weight and its center.</param>
/// <param name="WeightToWeight">Between its weight and the nearest other class's weight.</param>
/// <param name="Intra">Mean over its samples of the angle to its center.</param>
/// <param name="Inter">Between its center and the nearest other class's center.</param>
public sealed record ClassAngles(
    long Label, int SampleCount, double WeightToCenter, double WeightToWeight, double Intra, double Inter);
