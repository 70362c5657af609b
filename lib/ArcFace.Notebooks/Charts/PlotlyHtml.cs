using System.Net;

namespace ArcFace.Notebooks.Charts;

/// <summary>HTML around a figure's JSON, with the plotly.js that lies inside Plotly.NET.</summary>
internal static class PlotlyHtml
{
    private static readonly Lazy<string> Script = new(ReadScript);
    private static int _fragments;

    public static string Page(string title, string json) => $$"""
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>{{WebUtility.HtmlEncode(title)}}</title>
        <script>{{Script.Value}}</script></head>
        <body><div id="figure"></div>
        <script>Plotly.newPlot("figure", {{InScript(json)}});</script></body>
        </html>
        """;

    public static string Fragment(string json)
    {
        // plotly.js is 3.6 MB: it stands in the first fragment, and later ones wait for it. An editor may drop or reorder
        // outputs, so a fragment that waits in vain says what to do.
        bool first = Interlocked.Increment(ref _fragments) == 1;
        string id = "figure-" + Guid.NewGuid().ToString("N");
        string script = first ? $"<script>{Script.Value}</script>" : "";
        return $$"""
            <div id="{{id}}"></div>{{script}}
            <script>(function draw(tries) {
              const place = document.getElementById("{{id}}");
              if (window.Plotly && place) { const f = {{InScript(json)}}; Plotly.newPlot(place, f.data, f.layout, f.config); }
              else if (tries > 0) { setTimeout(draw, 100, tries - 1); }
              else if (place) { place.textContent = "plotly.js is not loaded: run the notebook again from its first figure"; }
            })(100);</script>
            """;
    }

    private static string InScript(string json) => json.Replace("</", "<\\/", StringComparison.Ordinal);

    private static string ReadScript()
    {
        System.Reflection.Assembly plotly = typeof(Plotly.NET.GenericChart).Assembly;
        string name = plotly.GetManifestResourceNames().Single(n => n.EndsWith(".min.js", StringComparison.Ordinal));
        using var reader = new StreamReader(plotly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
