using System.Collections.Immutable;
using System.Globalization;

namespace ArcFace.Notebooks.Charts;

/// <summary>A figure: traces drawn by plotly.js, with title, axes and colours the same way throughout the series.</summary>
/// <remarks>
/// A figure never changes. Every method that adds something returns a new figure, so a figure can be built in one expression:
/// <code>
/// Figure.Titled("Sigmoid", "logit z", "probability σ(z)")
///     .Line(z, probability, "σ(z)")
///     .VerticalLine(0, "even odds");
/// </code>
/// Traces are made by Plotly.NET; what its C# interface leaves out (annotations, shapes, sliders) goes in through the figure's
/// JSON. Numbers are rounded to six significant digits when a figure is written.
/// </remarks>
public sealed partial class Figure
{
    /// <summary>Width in pixels that every figure is designed for.</summary>
    public const int DefaultWidth = 700;

    /// <summary>Height in pixels, unless set by <see cref="Sized"/>.</summary>
    public const int DefaultHeight = 420;

    private readonly ImmutableList<JsonObject> _traces;
    private readonly JsonObject _layout;

    private Figure(ImmutableList<JsonObject> traces, JsonObject layout) => (_traces, _layout) = (traces, layout);

    /// <summary>The title.</summary>
    public string Title => (string?)_layout["title"]?["text"] ?? "";

    /// <summary>Number of traces: lines, point clouds, histograms, heat maps.</summary>
    public int TraceCount => _traces.Count;

    /// <summary>An empty figure.</summary>
    /// <param name="title">Says what to see.</param>
    /// <param name="x">Label of the horizontal axis, with its unit.</param>
    /// <param name="y">Label of the vertical axis, with its unit.</param>
    public static Figure Titled(string title, string x = "", string y = "") => new([], Json(new
    {
        title = new { text = title, x = 0.02, xanchor = "left", font = new { size = 16 } },
        width = DefaultWidth,
        height = DefaultHeight,
        margin = new { l = 64, r = 24, t = 76, b = 64 },
        legend = new { orientation = "h", x = 1, xanchor = "right", y = 1.01, yanchor = "bottom" },
        font = new { size = 13, color = Palette.Ink },
        paper_bgcolor = "#ffffff",
        plot_bgcolor = "#ffffff",
        hovermode = "closest",
        xaxis = Axis(x),
        yaxis = Axis(y),
    }));

    /// <summary>The figure with another size, in pixels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive.</exception>
    public Figure Sized(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        return WithLayout(new { width, height });
    }

    /// <summary>The figure with fixed axis ranges; an axis whose range is not given chooses its own.</summary>
    public Figure Ranged((double From, double To)? x = null, (double From, double To)? y = null)
    {
        static object? Range((double From, double To)? range) =>
            range is (double from, double to) ? new { range = new[] { from, to }, autorange = false } : null;
        return WithLayout(new { xaxis = Range(x), yaxis = Range(y) });
    }

    /// <summary>The figure with one unit of x as long as one unit of y, so that circles are round.</summary>
    public Figure EqualAspect() => WithLayout(new { yaxis = new { scaleanchor = "x" } });

    /// <summary>The figure with ticks at these positions alone, each with its number; an axis whose ticks are not given chooses its own.</summary>
    public Figure Ticked(IReadOnlyList<double>? x = null, IReadOnlyList<double>? y = null)
    {
        static object? Ticks(IReadOnlyList<double>? at) => at is null ? null : new { tickvals = at, ticktext = at.Select(Label) };
        return WithLayout(new { xaxis = Ticks(x), yaxis = Ticks(y) });
    }

    /// <summary>The figure without axes, for drawings whose coordinates say nothing.</summary>
    public Figure WithoutAxes() => WithLayout(new { xaxis = new { visible = false }, yaxis = new { visible = false } });

    /// <summary>The figure with logarithmic axes where asked for.</summary>
    public Figure Logarithmic(bool x = false, bool y = false)
    {
        var powers = new { type = "log", exponentformat = "power" };
        return WithLayout(new { xaxis = x ? powers : null, yaxis = y ? powers : null });
    }

    private static object Axis(string label) => new
    {
        title = new { text = label, standoff = 10 },   // with it, plotly.js counts the title into the margin
        gridcolor = Palette.Faint,
        zerolinecolor = "#aaaaaa",
        linecolor = "#aaaaaa",
        ticks = "outside",
        automargin = true,
    };

    private static string Label(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private Figure WithLayout(object changes) => new(_traces, Changed(_layout, changes));

    /// <summary>The figure with its newest trace changed.</summary>
    private Figure WithNewest(object changes) => new(_traces.SetItem(_traces.Count - 1, Changed(_traces[^1], changes)), _layout);

    private Figure WithItem(string list, object item) => WithLayout(new JsonObject { [list] = new JsonArray([.. Items(list), Json(item)]) });

    /// <summary>The annotations or shapes, each a copy.</summary>
    private IEnumerable<JsonObject> Items(string list) => (_layout[list] as JsonArray ?? []).Select(item => (JsonObject)item!.DeepClone());
}
