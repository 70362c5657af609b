using System.Net;

namespace ArcFace.Headless;

/// <summary>The page that draws all figures of a notebook, one after the other, and becomes their images.</summary>
internal static partial class FigurePage
{
    /// <summary>The file name under which the page looks for plotly.js.</summary>
    public const string ScriptName = "plotly.js";

    /// <param name="figures">The figures as plotly JSON.</param>
    /// <param name="room">How many characters all images together may have. The largest scale of 2, 1.5 and 1 that keeps to it is
    /// taken, or else 1.</param>
    public static string Create(IReadOnlyList<JsonNode> figures, long room)
    {
        // The default encoder escapes <, so that no text of a figure ends the script.
        string json = new JsonArray([.. figures.Select(figure => figure.DeepClone())]).ToJsonString();
        return $$"""
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><script src="{{ScriptName}}" charset="utf-8"></script></head>
            <body><pre id="drawn"></pre>
            <script>
            const figures = {{json}};
            async function draw(figure, scale) {
              const width = figure.layout?.width ?? 700, height = figure.layout?.height ?? 450;
              try {
                const url = await Plotly.toImage(figure, { format: "png", width, height, scale });
                return { png: url.slice(url.indexOf(",") + 1), width, height };
              } catch (error) {
                return { error: String(error) };
              }
            }
            (async () => {
              let drawn = [];
              for (const scale of [2, 1.5, 1]) {
                drawn = [];
                for (const figure of figures) drawn.push(await draw(figure, scale));
                if (drawn.reduce((sum, image) => sum + (image.png ?? "").length, 0) <= {{room}}) break;
              }
              document.getElementById("drawn").textContent = JSON.stringify(drawn);
            })();
            </script></body>
            </html>
            """;
    }

    /// <summary>Reads the images from the page when its script has ended.</summary>
    /// <param name="html">The page as the browser gives it.</param>
    /// <param name="count">How many figures there are.</param>
    /// <exception cref="ChromiumException">The page holds no images, or not as many, or a figure cannot be drawn.</exception>
    public static IReadOnlyList<DrawnFigure> Read(string html, int count)
    {
        Match drawn = Drawn().Match(html);
        JsonArray? images = null;
        try
        {
            images = drawn.Success ? JsonNode.Parse(WebUtility.HtmlDecode(drawn.Groups[1].Value)) as JsonArray : null;
        }
        catch (JsonException)
        {
            // An empty or cut page: told below.
        }

        if (images?.Count != count)
        {
            throw new ChromiumException(
                $"the browser gave {images?.Count ?? 0} images for {count} figures; set {Chromium.Variable} to another Chromium, Chrome or Edge");
        }

        return [.. images.Select((image, index) => Read(image!, index + 1))];
    }

    private static DrawnFigure Read(JsonNode image, int number)
    {
        return image["png"]?.GetValue<string>() is { Length: > 0 } png
            ? new DrawnFigure(png, image["width"]!.GetValue<int>(), image["height"]!.GetValue<int>())
            : throw new ChromiumException($"figure {number} of the notebook cannot be drawn: {(string?)image["error"] ?? "the image is empty"}");
    }

    [GeneratedRegex("""<pre id="drawn">(.*?)</pre>""", RegexOptions.Singleline)]
    private static partial Regex Drawn();
}

/// <summary>An image of a figure.</summary>
/// <param name="Png">The PNG file in base 64.</param>
/// <param name="Width">How wide to show it, in pixels; the image may be finer.</param>
/// <param name="Height">How high to show it, in pixels.</param>
internal sealed record DrawnFigure(string Png, int Width, int Height);
