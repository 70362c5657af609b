using GenericChart = Plotly.NET.GenericChart;

namespace ArcFace.Notebooks;

/// <summary>Where shown values go. The host is found once, at the first value shown.</summary>
public static class Display
{
    private static IDisplayHost? _host;
    private static bool _hasPlotly;

    /// <summary>Makes <paramref name="host"/> the place where values are shown, for the rest of the process.</summary>
    public static void Register(IDisplayHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        (_host, _hasPlotly) = (host, false);
    }

    /// <summary>Shows a value as a notebook shows a cell's last expression, where there may be none: charts are drawn, all else is text.</summary>
    /// <param name="expression">Gives the value.</param>
    public static void Value<T>(Func<T> expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        switch (expression())
        {
            case Figure figure:
                figure.Show();
                break;
            case Table table:
                table.Show();
                break;
            case GenericChart chart:
                string json = GenericChart.toFigureJson(chart);
                Host.Show(DisplayExtensions.Forms(json, Figure.TextOf(json)));
                break;
            case var value:
                Console.WriteLine(value?.ToString() ?? "<null>");
                break;
        }
    }

    /// <summary>Does what a cell's last expression does where it has no value.</summary>
    /// <param name="expression">What to do.</param>
    public static void Value(Action expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        expression();
    }

    /// <summary>The place where values are shown: a registered host, else a notebook engine found in the process, else the console.</summary>
    internal static IDisplayHost Host =>
        _host ??= EngineDisplay.Find(AppDomain.CurrentDomain.GetAssemblies()) ?? (IDisplayHost)new ConsoleDisplay();

    /// <summary>Looks for the host anew, where an engine came into the process after the first value was shown.</summary>
    internal static void FindAgain()
    {
        EngineFormatters.Register();
        (_host, _hasPlotly) = (null, false);
    }

    internal static string HostName => Host.ToString()!;

    /// <summary>
    /// Puts plotly.js into the document where figures are drawn from HTML. It stands in the output of the cell that starts the session,
    /// which every notebook has: whichever other cell is run again, and in however many documents of one process, each document has it once.
    /// </summary>
    internal static void StartDocument()
    {
        if (Host is EngineDisplay { DrawsHtml: true })
        {
            Host.Show(MimeTypes.Forms(PlotlyHtml.Library, "plotly.js, for the figures below"));
            _hasPlotly = true;
        }
    }

    /// <summary>A figure as HTML for the present document. Where no session has started, plotly.js comes with each figure.</summary>
    internal static string Html(string plotlyJson) => PlotlyHtml.Fragment(plotlyJson, withLibrary: !_hasPlotly);
}

/// <summary>A place where values are shown: what a notebook engine registers with <see cref="Display.Register"/>.</summary>
public interface IDisplayHost
{
    /// <summary>Shows one value, given in several forms of which the host takes those it can draw.</summary>
    /// <param name="forms">MIME type to content. <c>text/plain</c> is always there.</param>
    /// <returns>Replaces what is shown, in place, by another value in such forms.</returns>
    Action<IReadOnlyDictionary<string, string>> Show(IReadOnlyDictionary<string, string> forms);

    /// <summary>Whether a shown value is replaced where it stands, rather than shown anew below.</summary>
    bool ReplacesInPlace => true;

    /// <summary>Whether figures are wanted as HTML too, which weighs much where it is not needed.</summary>
    bool DrawsHtml => false;
}
