using GenericChart = Plotly.NET.GenericChart;

namespace ArcFace.Notebooks;

/// <summary>Teaches .NET Interactive to draw values that are the last expression of a cell, or that <c>display</c> is given.</summary>
/// <remarks>
/// A reader's own Plotly.NET chart is among them. Left to itself the engine prints its fields, and Plotly.NET.Interactive has it drawn by a script
/// from the network; as plotly JSON, which editors draw by themselves, it needs neither.
/// </remarks>
internal static class EngineFormatters
{
    /// <summary>Registers with the engine's formatters, if they are loaded.</summary>
    public static void Register()
    {
        Type? formatter = AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(a => a.GetName().Name == "Microsoft.DotNet.Interactive.Formatting")
            ?.GetType("Microsoft.DotNet.Interactive.Formatting.Formatter");
        if (formatter?.GetMethod("Register", [typeof(Type), typeof(Action<object, TextWriter>), typeof(string)]) is not { } register
            || formatter.GetMethod("SetPreferredMimeTypesFor", [typeof(Type), typeof(string[])]) is not { } prefer)
        {
            return;
        }

        void Write<T>(string mimeType, Func<T, string?> form) =>
            register.Invoke(null, [typeof(T), (Action<object, TextWriter>)((value, writer) => writer.Write(form((T)value))), mimeType]);
        void Prefer<T>(params string[] mimeTypes) => prefer.Invoke(null, [typeof(T), mimeTypes]);

        foreach (string mimeType in (string[])[MimeTypes.Plotly, MimeTypes.Html, MimeTypes.Text])
        {
            Write<MimeBundle>(mimeType, bundle => bundle.In(mimeType));
        }

        Prefer<MimeBundle>(MimeTypes.Text);
        Write<Table>(MimeTypes.Html, table => table.ToHtml());
        Write<Table>(MimeTypes.Text, table => table.ToString());
        Prefer<Table>(MimeTypes.Html, MimeTypes.Text);

        string[] ofFigures = EngineDisplay.IsJupyter ? [MimeTypes.Plotly, MimeTypes.Html, MimeTypes.Text] : [MimeTypes.Plotly, MimeTypes.Text];
        Write<Figure>(MimeTypes.Plotly, figure => figure.ToPlotlyJson());
        Write<Figure>(MimeTypes.Html, figure => Display.Html(figure.ToPlotlyJson()));
        Write<Figure>(MimeTypes.Text, figure => figure.ToString());
        Prefer<Figure>(ofFigures);

        // Plotly.NET.Interactive, loaded later, registers its HTML in the place of this: it is put back before each chart is written.
        void WriteChartHtml() => Write<GenericChart>(MimeTypes.Html, chart => Display.Html(GenericChart.toFigureJson(chart)));
        Write<GenericChart>(MimeTypes.Plotly, chart =>
        {
            WriteChartHtml();
            return GenericChart.toFigureJson(chart);
        });
        WriteChartHtml();
        Write<GenericChart>(MimeTypes.Text, chart => Figure.TextOf(GenericChart.toFigureJson(chart)));
        Prefer<GenericChart>(ofFigures);
    }
}
