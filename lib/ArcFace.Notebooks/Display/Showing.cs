using ArcFace.Notebooks.Charts;

namespace ArcFace.Notebooks;

/// <summary>Shows figures, tables and reports in whatever notebook engine runs, and as text in a console.</summary>
public static class Showing
{
    internal const string TextMimeType = "text/plain";
    internal const string HtmlMimeType = "text/html";
    internal const string PlotlyMimeType = Figure.PlotlyMimeType;

    /// <summary>Shows a figure.</summary>
    /// <returns>The shown figure, which another one can replace: a live figure.</returns>
    public static ShownFigure Show(this Figure figure)
    {
        ArgumentNullException.ThrowIfNull(figure);
        return new ShownFigure(Display.Host.Show(Forms(figure)));
    }

    /// <summary>Shows a table.</summary>
    public static void Show(this Table table)
    {
        ArgumentNullException.ThrowIfNull(table);
        Display.Host.Show(new Dictionary<string, string> { [HtmlMimeType] = table.ToHtml(), [TextMimeType] = table.ToString() });
    }

    internal static IReadOnlyDictionary<string, string> Forms(Figure figure)
    {
        var forms = new Dictionary<string, string>
        {
            [PlotlyMimeType] = figure.ToPlotlyJson(),
            [TextMimeType] = figure.ToString(),
        };

        // Where an engine draws the JSON, HTML would weigh 3.6 MB for nothing.
        if (Display.Host is EngineDisplay { WantsHtml: true })
        {
            forms[HtmlMimeType] = figure.ToHtml();
        }

        return forms;
    }
}

/// <summary>A figure that stands in a notebook's output.</summary>
public sealed class ShownFigure
{
    private readonly IDisplayedValue _value;

    internal ShownFigure(IDisplayedValue value) => _value = value;

    /// <summary>Replaces the figure in place. Where the engine cannot, the new one is shown below.</summary>
    public void Update(Figure figure)
    {
        ArgumentNullException.ThrowIfNull(figure);
        _value.Update(Showing.Forms(figure));
    }
}
