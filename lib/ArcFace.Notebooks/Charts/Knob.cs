namespace ArcFace.Notebooks.Charts;

/// <summary>One of the sliders under <see cref="Figure.Knobs"/>.</summary>
/// <param name="Label">What it changes, with its unit.</param>
/// <param name="Values">Its positions, in order.</param>
/// <param name="Start">Index of the position shown first.</param>
/// <param name="Names">What stands at each position; by default its value.</param>
public sealed record Knob(string Label, IReadOnlyList<double> Values, int Start = 0, IReadOnlyList<string>? Names = null)
{
    /// <summary>A knob that chooses among words; its values are their places, from 0.</summary>
    public static Knob Of(string label, params string[] names) => new(label, [.. names.Select((_, i) => (double)i)], Names: names);
}
