namespace ArcFace.Notebooks.Charts;

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
