using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace ArcFace.Notebooks.Charts;

public sealed partial class Figure
{
    /// <summary>One figure with a slider under it, which chooses among figures drawn beforehand: it works without a kernel.</summary>
    /// <param name="label">Name of what the slider changes, with its unit.</param>
    /// <param name="values">The slider's positions, in order.</param>
    /// <param name="draw">Draws the figure for one position. Give all of them the same ranges, or the axes will jump.</param>
    /// <param name="start">Index of the position shown first.</param>
    /// <exception cref="ArgumentException">There are no positions.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="start"/> is no index of a position.</exception>
    public static Figure Slider(string label, IReadOnlyList<double> values, Func<double, Figure> draw, int start = 0)
    {
        Figure[] positions = Positions(values, draw, start);
        var traces = ImmutableList<JsonObject>.Empty;
        var steps = new JsonArray();
        int total = positions.Sum(p => p.TraceCount);
        for (int i = 0; i < positions.Length; i++)
        {
            int first = traces.Count;
            foreach (JsonObject trace in positions[i]._traces.Select(Clone))
            {
                trace["visible"] = i == start;
                traces = traces.Add(trace);
            }

            int end = traces.Count;
            var visible = new JsonArray([.. Enumerable.Range(0, total).Select(t => JsonValue.Create(t >= first && t < end))]);
            var layout = new JsonObject { ["title.text"] = positions[i].Title };
            foreach (string list in new[] { "annotations", "shapes" })
            {
                layout[list] = positions[i]._layout[list]?.DeepClone() ?? new JsonArray();
            }

            steps.Add((JsonNode)new JsonObject
            {
                ["label"] = values[i].ToString("G4", CultureInfo.InvariantCulture),
                ["method"] = "update",
                ["args"] = new JsonArray(new JsonObject { ["visible"] = visible }, layout),
            });
        }

        return new Figure(traces, positions[start]._layout).WithLayout(layout =>
        {
            layout["sliders"] = new JsonArray(new JsonObject
            {
                ["active"] = start,
                ["currentvalue"] = new JsonObject { ["prefix"] = label + " = " },
                ["pad"] = new JsonObject { ["t"] = 56 },
                ["steps"] = steps,
            });
            layout["height"] = (int)layout["height"]! + 100;
            layout["margin"]!["b"] = 140;
        });
    }

    /// <summary>The figures that a slider chooses among.</summary>
    private static Figure[] Positions(IReadOnlyList<double> values, Func<double, Figure> draw, int start)
    {
        if (values.Count == 0)
        {
            throw new ArgumentException("a slider needs at least one position", nameof(values));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(start, values.Count);
        return [.. values.Select(draw)];
    }
}
