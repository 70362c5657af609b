using System.Text.Json.Nodes;
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
        StyleParam.Mode mode = markers ? StyleParam.Mode.Lines_Markers : StyleParam.Mode.Lines;
        JsonObject trace = Scatter(x, y, mode, name);
        color ??= Palette.Class(_traces.Count);
        trace["line"] = new JsonObject { ["color"] = color, ["width"] = 2.5, ["dash"] = dashed ? "dash" : "solid" };
        trace["marker"] = new JsonObject { ["color"] = color, ["size"] = 7 };
        return WithTrace(trace);
    }

    /// <summary>Adds a filled area, translucent, with the outline through the points (x, y) and back to the first.</summary>
    /// <param name="x">Horizontal positions.</param>
    /// <param name="y">Vertical positions, as many as <paramref name="x"/>.</param>
    /// <param name="name">Name in the legend; none hides the area there.</param>
    /// <param name="color">A colour of the <see cref="Palette"/>; by default that of the next class.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public Figure Area(IEnumerable<double> x, IEnumerable<double> y, string name = "", string? color = null)
    {
        double[] xs = [.. x], ys = [.. y];
        return Line([.. xs, .. xs[..Math.Min(1, xs.Length)]], [.. ys, .. ys[..Math.Min(1, ys.Length)]], name, color).WithNewest(trace =>
        {
            trace["fill"] = "toself";
            trace["opacity"] = 0.6;
            trace["line"]!["width"] = 1;
        });
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
        IEnumerable<double> x, IEnumerable<double> y, string name = "", string? color = null, double size = 6, string symbol = "circle")
    {
        JsonObject trace = Scatter(x, y, StyleParam.Mode.Markers, name);
        trace["marker"] = new JsonObject
        {
            ["color"] = color ?? Palette.Class(_traces.Count),
            ["size"] = size,
            ["symbol"] = symbol,
            ["opacity"] = 0.8,
            ["line"] = new JsonObject { ["color"] = "#ffffff", ["width"] = 0.5 },
        };
        return WithTrace(trace);
    }

    /// <summary>Adds one cloud of points per class, in the class's colour, with the class's name written at the cloud's middle.</summary>
    /// <param name="x">Horizontal positions, [N].</param>
    /// <param name="y">Vertical positions, [N].</param>
    /// <param name="labels">Class of each point, [N].</param>
    /// <param name="classNames">Names of the classes, [C].</param>
    /// <exception cref="ArgumentException">The lengths differ, or a label is outside the classes.</exception>
    public Figure PointsByClass(
        IReadOnlyList<double> x, IReadOnlyList<double> y, IReadOnlyList<long> labels, IReadOnlyList<string> classNames)
    {
        if (x.Count != labels.Count)
        {
            throw new ArgumentException($"{x.Count} points but {labels.Count} labels; give one label a point", nameof(labels));
        }

        if (labels.Any(label => label < 0 || label >= classNames.Count))
        {
            throw new ArgumentException(
                $"class label {labels.First(l => l < 0 || l >= classNames.Count)} is outside 0..{classNames.Count - 1} ({classNames.Count} classes)",
                nameof(labels));
        }

        Figure figure = this;
        for (int c = 0; c < classNames.Count; c++)
        {
            int[] members = [.. Enumerable.Range(0, labels.Count).Where(i => labels[i] == c)];
            if (members.Length > 0)
            {
                double[] classX = [.. members.Select(i => x[i])], classY = [.. members.Select(i => y[i])];
                figure = figure.Points(classX, classY, classNames[c], Palette.Class(c), size: 5)
                    .Text(classX.Average(), classY.Average(), classNames[c], boxed: true);
            }
        }

        return figure;
    }

    /// <summary>Adds bars from zero, one a category.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public Figure Bars(IReadOnlyList<string> categories, IReadOnlyList<double> heights, string name = "", string? color = null)
    {
        RequireSameLength(categories.Count, heights.Count);
        JsonObject trace = Trace(Chart.Column<double, string, string>(values: heights, Keys: new(categories, true), UseDefaults: false), name);
        trace["marker"] = new JsonObject { ["color"] = color ?? Palette.Class(_traces.Count) };
        return WithTrace(trace).WithLayout(layout => layout["xaxis"]!["type"] = "category");
    }

    /// <summary>Adds one bar a class, from zero, in the class's colour.</summary>
    /// <param name="classNames">Names of the classes, [C].</param>
    /// <param name="heights">One height a class, [C], such as the probabilities of one sample.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public Figure BarsByClass(IReadOnlyList<string> classNames, IReadOnlyList<double> heights)
    {
        Figure figure = Bars(classNames, heights);
        JsonObject trace = Clone(figure._traces[^1]);
        trace["marker"]!["color"] = new JsonArray([.. classNames.Select((_, c) => JsonValue.Create(Palette.Class(c)))]);
        return new Figure(_traces.Add(trace), figure._layout);
    }

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
        if (!(to > from))
        {
            throw new ArgumentException($"the range of the histogram ends at {to}, which is not above its start {from}", nameof(to));
        }

        JsonObject trace = Trace(Chart.Histogram<double, double, string>(X: new(values, true), UseDefaults: false), name);
        trace["xbins"] = new JsonObject { ["start"] = from, ["end"] = to, ["size"] = (to - from) / bins };
        trace["autobinx"] = false;
        trace["opacity"] = 0.7;
        trace["marker"] = new JsonObject { ["color"] = color ?? Palette.Class(_traces.Count) };
        return WithTrace(trace).WithLayout(layout => layout["barmode"] = "overlay");
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

        JsonObject trace = Heat(values, scale);
        trace["x"] = Numbers(x);
        trace["y"] = Numbers(y);
        trace["showscale"] = true;
        trace["colorbar"] = new JsonObject { ["title"] = new JsonObject { ["text"] = unit, ["side"] = "top" }, ["outlinewidth"] = 0 };
        return WithTrace(trace);
    }

    private static JsonObject Heat(IReadOnlyList<double[]> values, ColorScale scale)
    {
        JsonObject trace = Trace(Chart.Heatmap<double, double, double, string>(zData: values, UseDefaults: false), "");
        trace["z"] = new JsonArray([.. values.Select(Numbers)]);
        (double, string)[] colors = scale switch
        {
            ColorScale.Grey => Palette.Grey,
            ColorScale.Diverging => Palette.Diverging,
            _ => Palette.Amount,
        };
        trace["colorscale"] = new JsonArray([.. colors.Select(c => new JsonArray(c.Item1, c.Item2))]);
        if (scale == ColorScale.Diverging)
        {
            trace["zmid"] = 0;
        }

        return trace;
    }

    private static JsonObject Scatter(IEnumerable<double> x, IEnumerable<double> y, StyleParam.Mode mode, string name)
    {
        double[] xs = [.. x], ys = [.. y];
        RequireSameLength(xs.Length, ys.Length);
        JsonObject trace = Trace(Chart.Scatter<double, double, string>(x: xs, y: ys, mode: mode, UseDefaults: false), name);
        trace["x"] = Numbers(xs);
        trace["y"] = Numbers(ys);
        return trace;
    }

    private static JsonObject Trace(GenericChart chart, string name)
    {
        JsonObject trace = (JsonObject)JsonNode.Parse(GenericChart.toFigureJson(chart))!["data"]![0]!.DeepClone();
        trace["name"] = name;
        trace["showlegend"] = name.Length > 0;
        return trace;
    }

    // Plotly.NET writes NaN as a word, which plotly.js would take for a category; here it stays a number until it is written.
    private static JsonArray Numbers(IEnumerable<double> values) => new([.. values.Select(v => JsonValue.Create(v))]);

    private static void RequireSameLength(int first, int second)
    {
        if (first != second)
        {
            throw new ArgumentException($"the figure was given {first} values on one axis and {second} on the other; they must be as many");
        }
    }
}
