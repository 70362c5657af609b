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
        ArgumentException.ThrowIf(panels.Length == 0, "a row or grid needs at least one figure", nameof(panels));
        ArgumentException.ThrowIf(
            panels.Any(panel => panel._layout.ContainsKey("sliders")),
            "a figure with a slider cannot stand in a row or grid; put the row inside the slider", nameof(panels));

        // Nothing is written between panels without axes, so they may be larger.
        bool bare = panels.All(panel => (bool?)panel._layout["xaxis"]!["visible"] == false);
        double columnGap = bare ? BareColumnGap : ColumnGap;
        int rows = (panels.Length + columns - 1) / columns;
        double width = (1 - (columnGap * (columns - 1))) / columns;
        double height = (1 - (RowGap * (rows - 1))) / rows;
        Figure figure = Titled(title).WithLayout(new
        {
            height = DefaultHeight + 20 + ((rows - 1) * RowHeight),
            margin = bare ? new { l = 10, r = 10, t = 88, b = 50 } : new { l = 64, r = 24, t = 88, b = 100 },
            legend = new { x = 0.5, xanchor = "center", y = 0.01, yref = "container" },
            barmode = panels[0]._layout["barmode"],
        });
        var named = new HashSet<string>();
        foreach ((int i, Figure panel) in panels.Index())
        {
            string suffix = i == 0 ? "" : $"{i + 1}";
            double left = i % columns * (width + columnGap);
            double top = 1 - (i / columns * (height + RowGap));
            JsonObject Placed(JsonObject trace)
            {
                string name = (string)trace["name"]!;
                bool showlegend = name.Length > 0 && named.Add(name);
                return Changed(trace, new { xaxis = "x" + suffix, yaxis = "y" + suffix, legendgroup = name, showlegend });
            }

            JsonObject Axis(string axis, string anchor, double from, double to) => Changed((JsonObject)panel._layout[axis]!, new
            {
                anchor = anchor + suffix,
                domain = new[] { from, to },
                scaleanchor = panel._layout[axis]!["scaleanchor"] is null ? null : "x" + suffix,
            });

            JsonObject heading = Note(left + (width / 2), top + (0.02 / rows), "paper", "paper", panel.Title, "center", "bottom");
            heading["font"]!["size"] = 14;
            figure = new Figure([.. figure._traces, .. panel._traces.Select(Placed)], figure._layout).WithLayout(new JsonObject
            {
                ["xaxis" + suffix] = Axis("xaxis", "y", left, left + width),
                ["yaxis" + suffix] = Axis("yaxis", "x", top - height, top),
                ["annotations"] = new JsonArray([.. figure.Items("annotations"), .. panel.ItemsAt(suffix, "annotations"), heading]),
                ["shapes"] = new JsonArray([.. figure.Items("shapes"), .. panel.ItemsAt(suffix, "shapes")]),
            });
        }

        return figure;
    }

    // "x" and "x domain" become "x2" and "x2 domain"; "paper" stays.
    private IEnumerable<JsonObject> ItemsAt(string suffix, string list)
    {
        foreach (JsonObject item in Items(list))
        {
            foreach (string key in new[] { "xref", "yref", "axref", "ayref" })
            {
                if ((string?)item[key] is { } reference and not "paper")
                {
                    item[key] = reference[..1] + suffix + reference[1..];
                }
            }

            yield return item;
        }
    }
}
