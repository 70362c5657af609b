namespace ArcFace.Notebooks;

/// <summary>Shows figures and tables in whatever notebook engine runs; without one, as text and pages.</summary>
public static class DisplayExtensions
{
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
        Display.Host.Show(MimeTypes.Forms(table.ToHtml(), table.ToString()));
    }

    /// <summary>Shows the figures of a ROC curve as the table that it prints.</summary>
    public static void Show(this RocCurve curve) => ShowText(curve);

    /// <summary>Shows the angles within and between classes as the table that they print.</summary>
    public static void Show(this AngleStatistics statistics) => ShowText(statistics);

    private static void ShowText(object report)
    {
        ArgumentNullException.ThrowIfNull(report);
        string text = report.ToString()!;
        Display.Host.Show(MimeTypes.Forms(MimeTypes.Preformatted(text), text));
    }

    internal static IReadOnlyDictionary<string, string> Forms(Figure figure) => Forms(figure.ToPlotlyJson(), figure.ToString());

    internal static IReadOnlyDictionary<string, string> Forms(string plotlyJson, string text)
    {
        var forms = new Dictionary<string, string> { [MimeTypes.Plotly] = plotlyJson };
        if (Display.Host.DrawsHtml)
        {
            forms[MimeTypes.Html] = Display.Html(plotlyJson);
        }

        forms[MimeTypes.Text] = text;
        return forms;
    }
}

/// <summary>A figure that stands in a notebook's output.</summary>
public sealed class ShownFigure
{
    private readonly Action<IReadOnlyDictionary<string, string>> _replace;

    internal ShownFigure(Action<IReadOnlyDictionary<string, string>> replace) => _replace = replace;

    /// <summary>Replaces the figure in place. Where the engine cannot, the new one is shown below.</summary>
    public void Update(Figure figure)
    {
        ArgumentNullException.ThrowIfNull(figure);
        _replace(DisplayExtensions.Forms(figure));
    }
}
