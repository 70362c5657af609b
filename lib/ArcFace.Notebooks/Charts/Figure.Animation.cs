using System.Globalization;
using System.Text.Json.Nodes;

namespace ArcFace.Notebooks.Charts;

public sealed partial class Figure
{
    private const int FrameMilliseconds = 160;
    private static readonly string[] Coordinates = ["x", "y", "z"];

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
        Figure[] positions = Positions(values, draw, start);
        if (positions.Any(p => p.TraceCount != positions[0].TraceCount || NoteCount(p) != NoteCount(positions[0])))
        {
            throw new ArgumentException("the figures must have the same number of traces and notes at every position", nameof(draw));
        }

        int[] moving = [.. Enumerable.Range(0, positions[0].TraceCount)
            .Where(t => positions.Any(p => !SamePlace(p._traces[t], positions[0]._traces[t])))];
        JsonObject Frame(int position, bool playing)
        {
            JsonObject layout = new()
            {
                ["title"] = new JsonObject { ["text"] = positions[position].Title },
                ["annotations"] = positions[position]._layout["annotations"]?.DeepClone() ?? new JsonArray(),
            };
            if (playing)
            {
                layout["sliders"] = new JsonArray(new JsonObject { ["active"] = position });
            }

            return new JsonObject
            {
                ["data"] = new JsonArray([.. moving.Select(t => Place(positions[position]._traces[t]))]),
                ["traces"] = new JsonArray([.. moving.Select(t => JsonValue.Create(t))]),
                ["layout"] = layout,
            };
        }

        return positions[start].WithLayout(layout =>
        {
            int bottom = (int)layout["margin"]!["b"]!;
            layout["margin"]!["b"] = bottom + 90;
            layout["height"] = (int)layout["height"]! + 90;
            layout["sliders"] = new JsonArray(new JsonObject
            {
                ["active"] = start,
                ["currentvalue"] = new JsonObject { ["prefix"] = label + " = " },
                ["pad"] = new JsonObject { ["t"] = bottom },
                ["x"] = 0.16,
                ["len"] = 0.84,
                ["steps"] = new JsonArray([.. values.Select((value, i) => new JsonObject
                {
                    ["label"] = value.ToString("G4", CultureInfo.InvariantCulture),
                    ["method"] = "animate",
                    ["args"] = new JsonArray(new JsonArray(Frame(i, playing: false)), Playing(0)),
                })]),
            });
            layout["updatemenus"] = new JsonArray(new JsonObject
            {
                ["type"] = "buttons",
                ["showactive"] = false,
                ["direction"] = "left",
                ["x"] = 0,
                ["xanchor"] = "left",
                ["y"] = 0,
                ["yanchor"] = "top",
                ["pad"] = new JsonObject { ["t"] = bottom + 24, ["l"] = 8 },
                ["buttons"] = new JsonArray(new JsonObject
                {
                    ["label"] = "▶ Play",
                    ["method"] = "animate",
                    ["args"] = new JsonArray(
                        new JsonArray([.. Enumerable.Range(0, values.Count).Select(i => Frame(i, playing: true))]), Playing(FrameMilliseconds)),
                }),
            });
        });
    }

    private static int NoteCount(Figure figure) => (figure._layout["annotations"] as JsonArray)?.Count ?? 0;

    private static JsonObject Place(JsonObject trace) =>
        new(Coordinates.Where(trace.ContainsKey).Select(name => KeyValuePair.Create(name, trace[name]?.DeepClone())));

    private static bool SamePlace(JsonObject left, JsonObject right) => Coordinates.All(name => JsonNode.DeepEquals(left[name], right[name]));

    private static JsonObject Playing(int milliseconds) => new()
    {
        ["mode"] = "immediate",
        ["frame"] = new JsonObject { ["duration"] = milliseconds, ["redraw"] = true },
        ["transition"] = new JsonObject { ["duration"] = 0 },
    };
}
