namespace ArcFace.Headless;

/// <summary>A rule that a notebook breaks.</summary>
/// <param name="Cell">The cell's place among all cells, from 1, or null where the notebook as a whole is meant.</param>
/// <param name="Message">What is wrong, and what it should be.</param>
public sealed record Finding(int? Cell, string Message);
