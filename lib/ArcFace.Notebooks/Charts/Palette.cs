namespace ArcFace.Notebooks.Charts;

/// <summary>The colours of the series: one per class, the same in every figure.</summary>
/// <remarks>
/// The ten class colours are those of M. A. Petroff, "Accessible Color Sequences for Data Visualization" (arXiv 2107.02270),
/// chosen there by optimisation for people with any common form of colour blindness.
/// </remarks>
public static class Palette
{
    private static readonly string[] Classes =
        ["#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6", "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd"];

    /// <summary>Colour of text, axes and reference lines.</summary>
    public const string Ink = "#333333";

    /// <summary>Colour of the grid and of what should stay in the background.</summary>
    public const string Faint = "#dddddd";

    /// <summary>Colour of a region to be wary of, such as θ + m &gt; π. Drawn translucent.</summary>
    public const string Warning = "#bd1f01";

    /// <summary>Colour of class <paramref name="index"/>. From the eleventh class on the colours repeat.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is negative.</exception>
    public static string Class(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return Classes[index % Classes.Length];
    }

    /// <summary>The colours of a scale, each with its place from 0 to 1, as plotly.js takes them.</summary>
    internal static object[][] Colors(ColorScale scale) => scale switch
    {
        ColorScale.Grey => [[0, "#ffffff"], [1, "#000000"]],
        ColorScale.Diverging => [[0, "#b2182b"], [0.25, "#f4a582"], [0.5, "#ffffff"], [0.75, "#92c5de"], [1, "#2166ac"]],   // C. Brewer's RdBu
        _ => [[0, "#fdea45"], [0.25, "#bcaf6f"], [0.5, "#7d7c78"], [0.75, "#414d6b"], [1, "#00204c"]],   // the colour map cividis
    };
}

/// <summary>How numbers become colours in heat maps and pictures.</summary>
public enum ColorScale
{
    /// <summary>White for the smallest value, black for the largest: ink on paper.</summary>
    Grey,

    /// <summary>Yellow for the smallest value, dark blue for the largest, with even steps of lightness.</summary>
    Amount,

    /// <summary>Red for negative values, white for zero, blue for positive values.</summary>
    Diverging,
}
