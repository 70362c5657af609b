namespace ArcFace.Notebooks.Charts;

public sealed partial class Figure
{
    private const int FrameMilliseconds = 160;
    private const int KnobHeight = 78;

    /// <summary>One figure with a slider under it, which chooses among figures drawn beforehand: it works without a kernel.</summary>
    /// <param name="label">Name of what the slider changes, with its unit.</param>
    /// <param name="values">The slider's positions, in order.</param>
    /// <param name="draw">Draws the figure for one position. Give all of them the same ranges, or the axes will jump.</param>
    /// <param name="start">Index of the position shown first.</param>
    /// <exception cref="ArgumentException">There are no positions.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="start"/> is no index of a position.</exception>
    public static Figure Slider(string label, IReadOnlyList<double> values, Func<double, Figure> draw, int start = 0)
    {
        var knob = new Knob(label, values, start);
        RequirePositions(knob);
        Figure[] figures = [.. values.Select(draw)];
        int[] positions = [.. figures.SelectMany((figure, i) => figure._traces.Select(_ => i))];
        var traces = figures.SelectMany((figure, i) => figure._traces.Select(trace => Changed(trace, new { visible = i == start })));
        return new Figure([.. traces], figures[start]._layout).WithSliders(100, 140, SliderOf(
            knob, 56, "update", i => [new { visible = positions.Select(position => position == i) }, figures[i].Words]));
    }

    /// <summary>One figure that moves: a slider goes through its positions by hand, a button plays them, also without a kernel.</summary>
    /// <remarks>
    /// Unlike in <see cref="Slider"/> a point keeps its identity from position to position, and only what moves is stored: the
    /// coordinates of the traces that change, the title and the notes. Every frame stands in the figure's layout, so also an editor that
    /// drops plotly's separate list of frames plays it.
    /// </remarks>
    /// <param name="label">Name of what the slider changes, with its unit.</param>
    /// <param name="values">The slider's positions, in order.</param>
    /// <param name="draw">Draws the figure for one position: the same traces and ranges for all; coordinates, title and notes may differ.</param>
    /// <param name="start">Index of the position shown first, and in a picture of the figure.</param>
    /// <exception cref="ArgumentException">There are no positions, or the figures have different numbers of traces or notes.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="start"/> is no index of a position.</exception>
    public static Figure Animation(string label, IReadOnlyList<double> values, Func<double, Figure> draw, int start = 0)
    {
        var knob = new Knob(label, values, start);
        RequirePositions(knob);
        Figure[] figures = [.. values.Select(draw)];
        ArgumentException.ThrowIf(
            figures.Select(figure => (figure.TraceCount, figure.Items("annotations").Count())).Distinct().Count() > 1,
            "the figures must have the same number of traces and notes at every position", nameof(draw));
        int[] moving = [.. Enumerable.Range(0, figures[0].TraceCount)
            .Where(t => figures.Any(figure => !JsonNode.DeepEquals(Place(figure._traces[t]), Place(figures[0]._traces[t]))))];
        object Frame(int position, bool playing) => new
        {
            data = moving.Select(t => Place(figures[position]._traces[t])),
            traces = moving,
            layout = new
            {
                title = new { text = figures[position].Title },
                annotations = figures[position].Items("annotations"),
                sliders = playing ? new[] { new { active = position } } : null,
            },
        };
        static object Playing(int milliseconds) =>
            new { mode = "immediate", frame = new { duration = milliseconds, redraw = true }, transition = new { duration = 0 } };

        int bottom = figures[start].Bottom;
        JsonObject slider = SliderOf(knob, bottom, "animate", i => [new[] { Frame(i, playing: false) }, Playing(0)]);
        object[] frames = [.. values.Select((_, i) => Frame(i, playing: true))];
        var play = new { label = "▶ Play", method = "animate", args = new object[] { frames, Playing(FrameMilliseconds) } };
        return figures[start].WithSliders(90, bottom + 90, Changed(slider, new { x = 0.16, len = 0.84 })).WithLayout(new
        {
            updatemenus = new[]
            {
                new
                {
                    type = "buttons",
                    showactive = false,
                    direction = "left",
                    x = 0,
                    xanchor = "left",
                    y = 0,
                    yanchor = "top",
                    pad = new { t = bottom + 24, l = 8 },
                    buttons = new[] { play },
                },
            },
        });
    }

    /// <summary>
    /// One figure with three sliders that can be turned in any order, drawn beforehand: it works without a kernel. Two of them choose
    /// among the figures of <paramref name="draw"/>, the third moves along the lines that have a readout.
    /// </summary>
    /// <remarks>
    /// plotly.js knows no figure that depends on two sliders. So the first shows and hides traces, the second makes them transparent,
    /// and seen is what both leave. Title, notes and shapes can follow the first alone.
    /// </remarks>
    /// <param name="first">Chooses the first argument of <paramref name="draw"/>.</param>
    /// <param name="second">Chooses the second argument.</param>
    /// <param name="cursor">
    /// Moves the readouts. A line with a readout has its points evenly over the cursor's range: one a position, or a whole number of
    /// steps from each position to the next.
    /// </param>
    /// <param name="draw">Draws the figure for two positions: the same number of traces, and the same ranges, for all.</param>
    /// <exception cref="ArgumentException">
    /// A knob has no positions, the figures have different numbers of traces, or a readout's points do not meet the cursor's positions.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A knob starts outside its positions.</exception>
    public static Figure Knobs(Knob first, Knob second, Knob cursor, Func<double, double, Figure> draw)
    {
        Array.ForEach([first, second, cursor], RequirePositions);
        Figure[][] figures = [.. first.Values.Select(one => second.Values.Select(two => draw(one, two)).ToArray())];
        ArgumentException.ThrowIf(
            figures.SelectMany(row => row).Select(figure => figure.TraceCount).Distinct().Count() > 1,
            "the figures must have the same number of traces at every position", nameof(draw));
        (JsonObject Trace, int First, int Second)[] traces =
            [.. figures.SelectMany((row, i) => row.SelectMany((figure, j) => figure._traces.Select(trace => (trace, i, j))))];
        int[] readouts = [.. Enumerable.Range(0, traces.Length).Where(t => traces[t].Trace.ContainsKey("selectedpoints"))];
        JsonObject[] shown = [.. traces.Select(one => Changed(one.Trace, new
        {
            visible = one.First == first.Start,
            opacity = one.Second == second.Start ? 1 : 0,
            hoverinfo = one.Second == second.Start ? "all" : "skip",
            showlegend = one.Second == second.Start && (bool)one.Trace["showlegend"]!,
            selectedpoints = one.Trace.ContainsKey("selectedpoints") ? PointAt(one.Trace, cursor, cursor.Start) : null,
        }))];
        return new Figure([.. shown], figures[first.Start][second.Start]._layout).WithSliders(
            3 * KnobHeight,
            figures[first.Start][second.Start].Bottom + (3 * KnobHeight),
            SliderOf(first, 64, "update", i => [new { visible = traces.Select(one => one.First == i) }, figures[i][second.Start].Words]),
            SliderOf(second, 64 + KnobHeight, "restyle", j =>
            [
                new
                {
                    opacity = traces.Select(one => one.Second == j ? 1 : 0),
                    hoverinfo = traces.Select(one => one.Second == j ? "all" : "skip"),
                    showlegend = traces.Select(one => one.Second == j && (bool)one.Trace["showlegend"]!),
                },
            ]),
            SliderOf(cursor, 64 + (2 * KnobHeight), "restyle", k =>
                [new { selectedpoints = readouts.Select(t => PointAt(traces[t].Trace, cursor, k)) }, readouts]));
    }

    /// <summary>The newest line with one of its points marked and read out: the one that the cursor of <see cref="Knobs"/> stands at.</summary>
    /// <param name="template">What is written beside the point, such as <c>%{y:.2f}</c> or <c>sample</c>.</param>
    /// <param name="beside">Where it is written, such as <c>top right</c> or <c>bottom center</c>.</param>
    /// <param name="size">Diameter of the mark, in pixels.</param>
    /// <param name="color">Colour of the mark and of the text; by default the line's.</param>
    /// <exception cref="InvalidOperationException">There is no line yet.</exception>
    public Figure WithReadout(string template = "%{y:.2f}", string beside = "top right", double size = 11, string? color = null)
    {
        if (_traces.IsEmpty || _traces[^1]["line"] is not { } line)
        {
            throw new InvalidOperationException("a readout belongs to a line; add the line first");
        }

        color ??= (string)line["color"]!;
        return WithNewest(new
        {
            mode = template.Length == 0 ? "lines+markers" : "lines+markers+text",
            texttemplate = template,
            textposition = beside,
            marker = new { color, size },
            selectedpoints = Array.Empty<int>(),
            selected = new { marker = new { opacity = 1 }, textfont = new { color } },
            unselected = new { marker = new { opacity = 0 }, textfont = new { color = "rgba(0,0,0,0)" } },
        });
    }

    /// <summary>Height of the lower margin, in pixels.</summary>
    private int Bottom => (int)_layout["margin"]!["b"]!;

    /// <summary>What a step of a slider changes in the layout.</summary>
    private JsonObject Words => new()
    {
        ["title.text"] = Title,
        ["annotations"] = new JsonArray([.. Items("annotations")]),
        ["shapes"] = new JsonArray([.. Items("shapes")]),
    };

    private Figure WithSliders(int height, int bottom, params JsonObject[] sliders) =>
        WithLayout(new { sliders, height = (int)_layout["height"]! + height, margin = new { b = bottom } });

    private static JsonObject SliderOf(Knob knob, int top, string method, Func<int, object[]> args) => Json(new
    {
        active = knob.Start,
        currentvalue = new { prefix = knob.Label + " = " },
        pad = new { t = top },
        steps = knob.Values.Select((value, i) => new { label = knob.Names?[i] ?? Label(value), method, args = args(i) }),
    });

    private static JsonObject Place(JsonObject trace) =>
        new(Coordinates.Where(trace.ContainsKey).Select(axis => KeyValuePair.Create(axis, trace[axis]?.DeepClone())));

    /// <summary>The one point of a line with a readout that the cursor stands at, as plotly.js takes it.</summary>
    private static int[] PointAt(JsonObject trace, Knob cursor, int position)
    {
        int steps = trace["y"]!.AsArray().Count - 1, positions = cursor.Values.Count - 1;
        ArgumentException.ThrowIf(positions == 0 || steps % positions != 0,
            $"a line with a readout has {steps + 1} points, which do not fall evenly on the {positions + 1} positions of '{cursor.Label}'",
            nameof(cursor));
        return [position * (steps / positions)];
    }

    private static void RequirePositions(Knob knob)
    {
        ArgumentException.ThrowIf(knob.Values.Count == 0, $"the slider '{knob.Label}' needs at least one position", "values");
        ArgumentOutOfRangeException.ThrowIfNegative(knob.Start, "start");
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(knob.Start, knob.Values.Count, "start");
    }
}

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
