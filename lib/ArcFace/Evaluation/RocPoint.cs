namespace ArcFace.Evaluation;

/// <summary>One vertex of a ROC curve: what happens when every score of at least the threshold is accepted.</summary>
/// <param name="Threshold">The lowest score that is accepted; +∞ at the first vertex, where nothing is.</param>
/// <param name="FalseAcceptRate">Share of the impostor pairs accepted (FAR, also false match rate), 0..1.</param>
/// <param name="TrueAcceptRate">Share of the genuine pairs accepted (TAR), 0..1.</param>
public readonly record struct RocPoint(double Threshold, double FalseAcceptRate, double TrueAcceptRate);
