using Plotly.NET;
using Chart = Plotly.NET.CSharp.Chart;

namespace ArcFace.Notebooks.Charts;

public sealed partial class Figure
{
    /// <summary>Adds a line through the points (x, y).</summary>
    /// <param name="x">Horizontal positions.</param>
    /// <param name="y">Vertical positions, as many as <paramref name="x"/>. NaN leaves a gap.</param>
    /// <param name="name">Name in the legend; none hides the line there.</param>
    /// <param name="color">A colour of the <see cref="Palette"/>; by default that of the next class.</param>
    /// <param name="dashed">Whether the line is dashed.</param>
    /// <param name="markers">Whether the points are marked.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public Figure Line(
        IEnumerable<double> x, IEnumerable<double> y, string name = "", string? color = null, bool dashed = false, bool markers = false)
    {
        color ??= Palette.Class(TraceCount);
        return WithScatter(x, y, markers ? StyleParam.Mode.Lines_Markers : StyleParam.Mode.Lines, name, new
        {
            line = new { color, width = 2.5, dash = dashed ? "dash" : "solid" },
            marker = new { color, size = 7 },
        });
    }

    /// <summary>Adds a filled area, translucent, whose outline is a <see cref="Line"/> through the points (x, y) and back to the first.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public Figure Area(IEnumerable<double> x, IEnumerable<double> y, string name = "", string? color = null)
    {
        double[] xs = [.. x], ys = [.. y];
        return Line([.. xs, .. xs.Take(1)], [.. ys, .. ys.Take(1)], name, color)
            .WithNewest(new { fill = "toself", opacity = 0.6, line = new { width = 1 } });
    }

    /// <summary>Adds the sector of the unit circle between two angles, in degrees.</summary>
    public Figure Sector(double from, double to, string name = "", string? color = null)
    {
        double[] turns = [.. Enumerable.Range(0, 41).Select(i => double.DegreesToRadians(from + ((to - from) * i / 40)))];
        return Area([0, .. turns.Select(Math.Cos)], [0, .. turns.Select(Math.Sin)], name, color);
    }

    /// <summary>Adds a cloud of points.</summary>
    /// <param name="x">Horizontal positions.</param>
    /// <param name="y">Vertical positions, as many as <paramref name="x"/>.</param>
    /// <param name="name">Name in the legend; none hides the points there.</param>
    /// <param name="color">A colour of the <see cref="Palette"/>; by default that of the next class.</param>
    /// <param name="size">Diameter in pixels.</param>
    /// <param name="symbol">A plotly marker symbol, such as <c>circle</c>, <c>x</c>, <c>star</c> or <c>diamond</c>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public Figure Points(
        IEnumerable<double> x, IEnumerable<double> y, string name = "", string? color = null, double size = 6, string symbol = "circle") =>
        WithScatter(x, y, StyleParam.Mode.Markers, name, new
        {
            marker = new { color = color ?? Palette.Class(TraceCount), size, symbol, opacity = 0.8, line = new { color = "#ffffff", width = 0.5 } },
        });

    /// <summary>Adds bars from zero, one a category.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public Figure Bars(IReadOnlyList<string> categories, IReadOnlyList<double> heights, string name = "", string? color = null)
    {
        RequireSameLength(categories.Count, heights.Count);
        return WithColumns(categories, heights, name, new { marker = new { color = color ?? Palette.Class(TraceCount) } })
            .WithLayout(new { xaxis = new { type = "category" } });
    }

    /// <summary>Adds one bar a class, from zero, in the class's colour.</summary>
    /// <param name="classNames">Names of the classes, [C].</param>
    /// <param name="heights">One height a class, [C], such as the probabilities of one sample.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public Figure BarsByClass(IReadOnlyList<string> classNames, IReadOnlyList<double> heights) =>
        Bars(classNames, heights).WithNewest(new { marker = new { color = classNames.Select((_, c) => Palette.Class(c)) } });

    /// <summary>Adds a histogram with bins of equal width.</summary>
    /// <param name="values">The values to count.</param>
    /// <param name="from">Where the first bin begins.</param>
    /// <param name="to">Where the last bin ends.</param>
    /// <param name="bins">Number of bins.</param>
    /// <param name="name">Name in the legend; none hides the histogram there.</param>
    /// <param name="color">A colour of the <see cref="Palette"/>; by default that of the next class.</param>
    /// <exception cref="ArgumentException">The range is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bins"/> is not positive.</exception>
    public Figure Histogram(IEnumerable<double> values, double from, double to, int bins, string name = "", string? color = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bins);
        ArgumentException.ThrowIf(!(to > from), $"the range of the histogram ends at {to}, which is not above its start {from}", nameof(to));

        return WithTrace(Chart.Histogram<double, double, string>(X: new(values, true), UseDefaults: false), name, new
        {
            xbins = new { start = from, end = to, size = (to - from) / bins },
            autobinx = false,
            opacity = 0.7,
            marker = new { color = color ?? Palette.Class(TraceCount) },
        }).WithLayout(new { barmode = "overlay" });
    }

    /// <summary>Adds a heat map: colour tells the value at each (x, y).</summary>
    /// <param name="values">Values, one row a y.</param>
    /// <param name="x">Positions of the columns.</param>
    /// <param name="y">Positions of the rows.</param>
    /// <param name="scale">How numbers become colours.</param>
    /// <param name="unit">Label of the colour bar.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public Figure HeatMap(
        IReadOnlyList<double[]> values, IReadOnlyList<double> x, IReadOnlyList<double> y, ColorScale scale = ColorScale.Amount, string unit = "")
    {
        RequireSameLength(values.Count, y.Count);
        foreach (double[] row in values)
        {
            RequireSameLength(row.Length, x.Count);
        }

        return WithHeat(values, scale, new
        {
            x,
            y,
            showscale = true,
            colorbar = new { title = new { text = unit, side = "top" }, outlinewidth = 0 },
        });
    }

    private Figure WithHeat(IReadOnlyList<double[]> values, ColorScale scale, object look) =>
        WithTrace(Chart.Heatmap<double, double, double, string>(zData: values, UseDefaults: false), "", look)
            .WithNewest(new { z = values, colorscale = Palette.Colors(scale), zmid = scale == ColorScale.Diverging ? 0 : (int?)null });

    /// <summary>Adds bars over each other, <paramref name="width"/> wide, at numbers.</summary>
    private Figure NumberBars(double[] middles, double[] heights, double width, string name, string color) =>
        WithColumns(middles, heights, name, new { width, marker = new { color, opacity = 0.6, line = new { width = 0 } } })
            .WithLayout(new { barmode = "overlay" });

    private Figure WithColumns<TKey>(IReadOnlyList<TKey> keys, IReadOnlyList<double> heights, string name, object look)
        where TKey : IConvertible =>
        WithTrace(Chart.Column<double, TKey, string>(values: heights, Keys: new(keys, true), UseDefaults: false), name, look);

    private Figure WithScatter(IEnumerable<double> x, IEnumerable<double> y, StyleParam.Mode mode, string name, object look)
    {
        double[] xs = [.. x], ys = [.. y];
        RequireSameLength(xs.Length, ys.Length);

        // Plotly.NET writes NaN as a word, which plotly.js would take for a category: the numbers are put in anew.
        return WithTrace(Chart.Scatter<double, double, string>(x: xs, y: ys, mode: mode, UseDefaults: false), name, look)
            .WithNewest(new { x = xs, y = ys });
    }

    private Figure WithTrace(GenericChart chart, string name, object look)
    {
        var trace = (JsonObject)JsonNode.Parse(GenericChart.toFigureJson(chart))!["data"]![0]!;
        return new Figure(_traces.Add(Changed(trace, new { name, showlegend = name.Length > 0 })), _layout).WithNewest(look);
    }

    private static void RequireSameLength(int first, int second) => ArgumentException.ThrowIf(
        first != second, $"the figure was given {first} values on one axis and {second} on the other; they must be as many");
}
