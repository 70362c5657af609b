using System.IO.Compression;
using System.Text;

namespace ArcFace.Notebooks.Charts;

/// <summary>HTML around a figure's JSON, with the plotly.js that lies inside Plotly.NET: 3.6 MB, and 1.5 MB as it is packed here.</summary>
internal static class PlotlyHtml
{
    private static readonly Lazy<(string Notice, string Script)> Packed = new(Pack);

    /// <summary>
    /// A script that gives the document plotly.js, unless it has it already. Where require.js is loaded, plotly.js would register with it
    /// and leave the window without <c>Plotly</c>: it is run where the names of module loaders mean nothing.
    /// </summary>
    public static string Library => $$"""
        <script>{{Packed.Value.Notice}}
        window.Plotly || (window.unpackingPlotly ??= (async () => {
          const bytes = Uint8Array.from(atob("{{Packed.Value.Script}}"), letter => letter.charCodeAt(0));
          const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
          const script = document.createElement("script");
          script.textContent = "((define, module, exports) => {" + await new Response(stream).text() + "\n})()";
          document.head.append(script);
        })());</script>
        """;

    public static string Page(string title, string fragment) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>{WebUtility.HtmlEncode(title)}</title></head>
        <body>{fragment}</body>
        </html>
        """;

    /// <summary>A figure that waits for the document's plotly.js, and brings it where it must.</summary>
    public static string Fragment(string json, bool withLibrary)
    {
        // An editor may drop, hide or reorder outputs: a figure that waits in vain says what to do, and still draws when its time comes.
        string id = "figure-" + Guid.NewGuid().ToString("N");
        return $$"""
            <div id="{{id}}"></div>
            <script>(() => {
              const figure = {{json.Replace("</", "<\\/", StringComparison.Ordinal)}};
              (function draw(tries) {
                const place = document.getElementById("{{id}}");
                if (place && window.Plotly) {
                  place.textContent = "";
                  Plotly.newPlot(place, figure.data, figure.layout, figure.config);
                } else if (place || tries < 100) {
                  if (tries === 100) place.textContent = "plotly.js is not loaded: run the cell that starts the session";
                  setTimeout(draw, 100, tries + 1);
                }
              })(0);
            })();</script>
            {{(withLibrary ? Library : "")}}
            """;
    }

    // The script begins with its copyright, which stays readable.
    private static (string Notice, string Script) Pack()
    {
        Assembly plotly = typeof(Plotly.NET.GenericChart).Assembly;
        string name = plotly.GetManifestResourceNames().Single(n => n.EndsWith(".min.js", StringComparison.Ordinal));
        using Stream stream = plotly.GetManifestResourceStream(name)!;
        byte[] script = new byte[stream.Length];
        stream.ReadExactly(script);
        var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            zip.Write(script);
        }

        return (Encoding.UTF8.GetString(script.AsSpan(..(script.AsSpan().IndexOf("*/"u8) + 2))), Convert.ToBase64String(packed.ToArray()));
    }
}
