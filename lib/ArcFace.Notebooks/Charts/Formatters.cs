namespace ArcFace.Notebooks.Charts;

#pragma warning disable CA1822 // .NET Interactive makes an instance and looks for an instance method.

/// <summary>How .NET Interactive draws a <see cref="Figure"/>.</summary>
internal sealed class FigureFormatters
{
    public IEnumerable<object> CreateTypeFormatters() =>
    [
        new TypeFormatter<Figure>(Figure.PlotlyMimeType, figure => figure.ToPlotlyJson()),
        new TypeFormatter<Figure>("text/html", figure => figure.ToHtml()),
        new TypeFormatter<Figure>("text/plain", figure => figure.ToString()),
    ];
}

/// <summary>How .NET Interactive draws a <see cref="Table"/>.</summary>
internal sealed class TableFormatters
{
    public IEnumerable<object> CreateTypeFormatters() =>
    [
        new TypeFormatter<Table>("text/html", table => table.ToHtml()),
        new TypeFormatter<Table>("text/plain", table => table.ToString()),
    ];
}
