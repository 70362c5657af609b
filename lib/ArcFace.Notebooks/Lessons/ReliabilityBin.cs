namespace ArcFace.Notebooks.Lessons;

/// <summary>The predictions whose confidence lies in (<paramref name="Lower"/>, <paramref name="Upper"/>].</summary>
/// <param name="Lower">Confidences of the bin lie above this; the first bin holds 0 too.</param>
/// <param name="Upper">Confidences of the bin are at most this.</param>
/// <param name="Count">Number of predictions.</param>
/// <param name="Confidence">Their mean confidence, 0..1; NaN if there are none.</param>
/// <param name="Accuracy">Share of them that are right, 0..1; NaN if there are none.</param>
public sealed record ReliabilityBin(double Lower, double Upper, int Count, double Confidence, double Accuracy);
