namespace ArcFace.Notebooks.Charts;

public sealed partial class Figure
{
    /// <summary>Adds a dashed vertical line over the whole height, with its meaning written at its top.</summary>
    public Figure VerticalLine(double x, string text = "", string color = Palette.Ink) =>
        WithShape("line", x, 0, x, 1, "x", "y domain", color).WithNote(x, 1, "x", "y domain", text, "left", "top");

    /// <summary>Adds a dashed horizontal line over the whole width, with its meaning written at its right end.</summary>
    public Figure HorizontalLine(double y, string text = "", string color = Palette.Ink) =>
        WithShape("line", 0, y, 1, y, "x domain", "y", color).WithNote(1, y, "x domain", "y", text, "right", "bottom");

    /// <summary>Shades the region between two positions of x, with its meaning written at its top.</summary>
    public Figure Region(double from, double to, string text = "", string color = Palette.Warning) =>
        WithShape("rect", from, 0, to, 1, "x", "y domain", color).WithNote((from + to) / 2, 1, "x", "y domain", text, "center", "top");

    /// <summary>Adds a circle with the given center and radius.</summary>
    public Figure Circle(double x, double y, double radius, string color = Palette.Ink) =>
        WithShape("circle", x - radius, y - radius, x + radius, y + radius, "x", "y", color);

    /// <summary>Writes a text at a position.</summary>
    public Figure Text(double x, double y, string text, bool boxed = false)
    {
        JsonObject note = Note(Place(x, "x"), Place(y, "y"), "x", "y", text, "center", "middle");
        return WithItem("annotations", boxed ? Changed(note, new { bgcolor = "rgba(255,255,255,0.8)", borderpad = 2 }) : note);
    }

    /// <summary>Adds an arrow from one position to another.</summary>
    public Figure Arrow(double fromX, double fromY, double toX, double toY, string text = "", string color = Palette.Ink)
    {
        JsonObject note = Note(Place(toX, "x"), Place(toY, "y"), "x", "y", "", "center", "middle");
        Figure figure = WithItem("annotations", Changed(note, new
        {
            ax = Place(fromX, "x"),
            ay = Place(fromY, "y"),
            axref = "x",
            ayref = "y",
            showarrow = true,
            arrowhead = 2,
            arrowwidth = 2,
            arrowcolor = color,
        }));
        return text.Length == 0 ? figure : figure.Text((fromX + toX) / 2, (fromY + toY) / 2, text, boxed: true);
    }

    private Figure WithNote(double x, double y, string xref, string yref, string text, string xanchor, string yanchor) =>
        text.Length == 0 ? this : WithItem("annotations", Note(Place(x, xref), Place(y, yref), xref, yref, text, xanchor, yanchor));

    // plotly.js wants the position of a note on a logarithmic axis as a power of ten, that of a shape as it is.
    private double Place(double value, string reference) =>
        reference is "x" or "y" && (string?)_layout[reference + "axis"]?["type"] == "log" ? Math.Log10(value) : value;

    private static JsonObject Note(double x, double y, string xref, string yref, string text, string xanchor, string yanchor) =>
        Json(new { x, y, xref, yref, text, xanchor, yanchor, showarrow = false, font = new { size = 12 } });

    private Figure WithShape(string type, double x0, double y0, double x1, double y1, string xref, string yref, string color)
    {
        JsonObject outline = Json(new { type, x0, y0, x1, y1, xref, yref });
        return WithItem("shapes", Changed(outline, type == "rect"
            ? new { fillcolor = color, opacity = 0.12, line = new { width = 0 }, layer = "below" }
            : new { line = new { color, width = 1.5, dash = type == "line" ? "dash" : "solid" }, layer = "above" }));
    }
}
