using System.Globalization;
using System.Text.Json.Nodes;

namespace ArcFace.Notebooks.Charts;

public sealed partial class Figure
{
    private const int KnobHeight = 78;

    /// <summary>The newest line with one of its points marked and read out: the one that the cursor of <see cref="Knobs"/> stands at.</summary>
    /// <param name="template">What is written beside the point, such as <c>%{y:.2f}</c> or <c>sample</c>.</param>
    /// <param name="beside">Where it is written, such as <c>top right</c> or <c>bottom center</c>.</param>
    /// <param name="size">Diameter of the mark, in pixels.</param>
    /// <param name="color">Colour of the mark; by default the line's.</param>
    /// <exception cref="InvalidOperationException">There is no line yet.</exception>
    public Figure WithReadout(string template = "%{y:.2f}", string beside = "top right", double size = 11, string? color = null)
    {
        if (_traces.IsEmpty || _traces[^1]["line"] is null)
        {
            throw new InvalidOperationException("a readout belongs to a line; add the line first");
        }

        return WithNewest(trace =>
        {
            trace["mode"] = template.Length == 0 ? "lines+markers" : "lines+markers+text";
            trace["texttemplate"] = template;
            trace["textposition"] = beside;
            color ??= (string)trace["line"]!["color"]!;
            trace["marker"] = new JsonObject { ["color"] = color, ["size"] = size };
            trace["selectedpoints"] = new JsonArray();
            trace["selected"] = new JsonObject
            {
                ["marker"] = new JsonObject { ["opacity"] = 1 },
                ["textfont"] = new JsonObject { ["color"] = color },
            };
            trace["unselected"] = new JsonObject
            {
                ["marker"] = new JsonObject { ["opacity"] = 0 },
                ["textfont"] = new JsonObject { ["color"] = "rgba(0,0,0,0)" },
            };
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
        foreach (Knob knob in new[] { first, second, cursor })
        {
            RequirePositions(knob);
        }

        Figure[][] figures = [.. first.Values.Select(one => second.Values.Select(two => draw(one, two)).ToArray())];
        int traceCount = figures[0][0].TraceCount;
        if (figures.Any(row => row.Any(figure => figure.TraceCount != traceCount)))
        {
            throw new ArgumentException("the figures must have the same number of traces at every position", nameof(draw));
        }

        var traces = new List<JsonObject>();
        var places = new List<(int First, int Second, bool Named)>();
        for (int i = 0; i < figures.Length; i++)
        {
            for (int j = 0; j < figures[i].Length; j++)
            {
                foreach (JsonObject trace in figures[i][j]._traces.Select(Clone))
                {
                    places.Add((i, j, (bool?)trace["showlegend"] ?? false));
                    trace["visible"] = i == first.Start;
                    Hide(trace, j == second.Start);
                    traces.Add(trace);
                }
            }
        }

        int[] readouts = [.. Enumerable.Range(0, traces.Count).Where(t => traces[t].ContainsKey("selectedpoints"))];
        foreach (int t in readouts)
        {
            traces[t]["selectedpoints"] = new JsonArray(PointAt(traces[t], cursor, cursor.Start));
        }

        JsonArray sliders = new(
            Knobbed(first, 0, "update", i => new JsonArray(
                new JsonObject { ["visible"] = Each(places, place => place.First == i) },
                Following(figures[i][second.Start]))),
            Knobbed(second, 1, "restyle", j => new JsonArray(
                new JsonObject
                {
                    ["opacity"] = Each(places, place => place.Second == j ? 1 : 0),
                    ["hoverinfo"] = Each(places, place => place.Second == j ? "all" : "skip"),
                    ["showlegend"] = Each(places, place => place.Second == j && place.Named),
                })),
            Knobbed(cursor, 2, "restyle", k => new JsonArray(
                new JsonObject { ["selectedpoints"] = Each(readouts, t => new JsonArray(PointAt(traces[t], cursor, k))) },
                Each(readouts, t => t))));
        return new Figure([.. traces], figures[first.Start][second.Start]._layout).WithLayout(layout =>
        {
            layout["sliders"] = sliders;
            int bottom = (int)layout["margin"]!["b"]!;
            layout["margin"]!["b"] = bottom + (3 * KnobHeight);
            layout["height"] = (int)layout["height"]! + (3 * KnobHeight);
        });

        void Hide(JsonObject trace, bool shown)
        {
            trace["opacity"] = shown ? 1.0 : 0.0;
            trace["hoverinfo"] = shown ? "all" : "skip";
            trace["showlegend"] = shown && ((bool?)trace["showlegend"] ?? false);
        }
    }

    private static JsonObject Following(Figure figure) => new()
    {
        ["title.text"] = figure.Title,
        ["annotations"] = figure._layout["annotations"]?.DeepClone() ?? new JsonArray(),
        ["shapes"] = figure._layout["shapes"]?.DeepClone() ?? new JsonArray(),
    };

    private static JsonObject Knobbed(Knob knob, int rank, string method, Func<int, JsonArray> args) => new()
    {
        ["active"] = knob.Start,
        ["currentvalue"] = new JsonObject { ["prefix"] = knob.Label + " = " },
        ["pad"] = new JsonObject { ["t"] = 64 + (rank * KnobHeight) },
        ["steps"] = new JsonArray([.. knob.Values.Select((value, position) => new JsonObject
        {
            ["label"] = knob.Names?[position] ?? value.ToString("G4", CultureInfo.InvariantCulture),
            ["method"] = method,
            ["args"] = args(position),
        })]),
    };

    private static JsonArray Each<T>(IEnumerable<T> items, Func<T, JsonNode> value) => new([.. items.Select(value)]);

    private static int PointAt(JsonObject trace, Knob cursor, int position)
    {
        int steps = trace["y"]!.AsArray().Count - 1;
        int positions = cursor.Values.Count - 1;
        if (positions == 0 || steps % positions != 0)
        {
            throw new ArgumentException(
                $"a line with a readout has {steps + 1} points, which do not fall evenly on the {positions + 1} positions of '{cursor.Label}'",
                nameof(cursor));
        }

        return position * (steps / positions);
    }

    private static void RequirePositions(Knob knob)
    {
        if (knob.Values.Count == 0)
        {
            throw new ArgumentException($"the knob '{knob.Label}' needs at least one position", nameof(knob));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(knob.Start, nameof(knob));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(knob.Start, knob.Values.Count, nameof(knob));
    }
}
