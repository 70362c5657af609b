using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace ArcFace.Notebooks.Charts;

public sealed partial class Figure
{
    private const int RowHeight = 300;
    private const double ColumnGap = 0.12, BareColumnGap = 0.02, RowGap = 0.18;

    /// <summary>Figures side by side in one, each under its own title.</summary>
    /// <param name="title">Says what to compare.</param>
    /// <param name="panels">The figures, from left to right. Names that repeat stand in the legend once.</param>
    /// <exception cref="ArgumentException">There is no figure, or one of them has a slider.</exception>
    public static Figure Row(string title, params Figure[] panels) => Grid(title, Math.Max(1, panels.Length), panels);

    /// <summary>Figures in rows and columns in one, each under its own title.</summary>
    /// <param name="title">Says what to compare.</param>
    /// <param name="columns">How many figures stand side by side.</param>
    /// <param name="panels">The figures, row by row. Names that repeat stand in the legend once.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="columns"/> is not positive.</exception>
    /// <exception cref="ArgumentException">There is no figure, or one of them has a slider.</exception>
    public static Figure Grid(string title, int columns, params Figure[] panels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (panels.Length == 0)
        {
            throw new ArgumentException("a row or grid needs at least one figure", nameof(panels));
        }

        if (panels.Any(panel => panel._layout.ContainsKey("sliders")))
        {
            throw new ArgumentException("a figure with a slider cannot stand in a row or grid; put the row inside the slider", nameof(panels));
        }

        JsonObject layout = Titled(title)._layout;
        layout["margin"]!["t"] = 88;
        layout["margin"]!["b"] = 100;

        // Nothing is written between panels without axes, so they may be larger.
        bool bare = panels.All(panel => (bool?)panel._layout["xaxis"]!["visible"] == false);
        double columnGap = bare ? BareColumnGap : ColumnGap;
        if (bare)
        {
            (layout["margin"]!["l"], layout["margin"]!["r"], layout["margin"]!["b"]) = (10, 10, 50);
        }

        int rows = (panels.Length + columns - 1) / columns;
        layout["height"] = DefaultHeight + 20 + ((rows - 1) * RowHeight);
        layout["legend"] = new JsonObject { ["orientation"] = "h", ["x"] = 0.5, ["xanchor"] = "center", ["y"] = 0.01, ["yref"] = "container", ["yanchor"] = "bottom" };
        var traces = ImmutableList<JsonObject>.Empty;
        var annotations = new JsonArray();
        var shapes = new JsonArray();
        var named = new HashSet<string>();
        double width = (1 - (columnGap * (columns - 1))) / columns;
        double height = (1 - (RowGap * (rows - 1))) / rows;
        for (int i = 0; i < panels.Length; i++)
        {
            string suffix = i == 0 ? "" : $"{i + 1}";
            double left = i % columns * (width + columnGap);
            double top = 1 - (i / columns * (height + RowGap));
            foreach (string axis in new[] { "x", "y" })
            {
                JsonObject json = Clone((JsonObject)panels[i]._layout[axis + "axis"]!);
                json["anchor"] = (axis == "x" ? "y" : "x") + suffix;
                json["domain"] = axis == "x" ? new JsonArray(left, left + width) : new JsonArray(top - height, top);
                if (json["scaleanchor"] is not null)
                {
                    json["scaleanchor"] = "x" + suffix;
                }

                layout[axis + "axis" + suffix] = json;
            }

            foreach (JsonObject trace in panels[i]._traces.Select(Clone))
            {
                trace["xaxis"] = "x" + suffix;
                trace["yaxis"] = "y" + suffix;
                string name = (string)trace["name"]!;
                trace["legendgroup"] = name;
                trace["showlegend"] = name.Length > 0 && named.Add(name);
                traces = traces.Add(trace);
            }

            MoveTo(suffix, panels[i]._layout["annotations"], annotations);
            MoveTo(suffix, panels[i]._layout["shapes"], shapes);
            JsonObject heading = Note(left + (width / 2), top + (0.02 / rows), "paper", "paper", panels[i].Title, "center", "bottom");
            heading["font"]!["size"] = 14;
            annotations.Add((JsonNode)heading);
        }

        layout["annotations"] = annotations;
        layout["shapes"] = shapes;
        if (panels[0]._layout["barmode"] is { } barmode)
        {
            layout["barmode"] = barmode.DeepClone();
        }

        return new Figure(traces, layout);
    }

    private static void MoveTo(string suffix, JsonNode? items, JsonArray target)
    {
        foreach (JsonNode? item in items as JsonArray ?? [])
        {
            JsonObject moved = Clone((JsonObject)item!);
            foreach (string key in new[] { "xref", "yref", "axref", "ayref" })
            {
                // "x" and "x domain" become "x2" and "x2 domain"; "paper" stays.
                string? reference = (string?)moved[key];
                if (reference is not null && reference != "paper")
                {
                    moved[key] = reference[..1] + suffix + reference[1..];
                }
            }

            target.Add((JsonNode)moved);
        }
    }
}
