namespace ArcFace.Notebooks.Charts;

/// <summary>One of the sliders under <see cref="Figure.Knobs"/>.</summary>
/// <param name="Label">What it changes, with its unit.</param>
/// <param name="Values">Its positions, in order.</param>
/// <param name="Start">Index of the position shown first.</param>
public sealed record Knob(string Label, IReadOnlyList<double> Values, int Start = 0);
