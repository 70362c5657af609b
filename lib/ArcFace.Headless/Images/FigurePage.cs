namespace ArcFace.Headless;

/// <summary>The page that draws all figures of a notebook, one after the other, and becomes their images.</summary>
internal static partial class FigurePage
{
    /// <summary>The file name under which the page looks for plotly.js.</summary>
    public const string ScriptName = "plotly.js";

    /// <summary>The page of figures in plotly JSON. The largest scale of 2, 1.5 and 1 is taken at which all images together have at most
    /// <paramref name="room"/> characters, or else 1.</summary>
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

    /// <summary>Reads the images from the page as the browser gives it when its script has ended.</summary>
    /// <returns>Each image as a PNG file in base 64, and how large to show it, in pixels; the image may be finer.</returns>
    /// <exception cref="ChromiumException">The page holds no images, or not as many as there are figures, or one cannot be drawn.</exception>
    public static (string Png, int Width, int Height)[] Read(string html, int count)
    {
        JsonArray? images = null;
        try
        {
            images = JsonNode.Parse(WebUtility.HtmlDecode(Drawn().Match(html).Groups[1].Value)) as JsonArray;
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

        return [.. images.Index().Select(image => image.Item?["png"]?.GetValue<string>() is { Length: > 0 } png
            ? (png, image.Item["width"]!.GetValue<int>(), image.Item["height"]!.GetValue<int>())
            : throw new ChromiumException(
                $"figure {image.Index + 1} of the notebook cannot be drawn: {(string?)image.Item?["error"] ?? "the image is empty"}"))];
    }

    [GeneratedRegex("""<pre id="drawn">(.*?)</pre>""", RegexOptions.Singleline)]
    private static partial Regex Drawn();
}
