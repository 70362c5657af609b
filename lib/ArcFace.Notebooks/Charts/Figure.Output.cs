using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ArcFace.Notebooks.Charts;

public sealed partial class Figure
{
    /// <summary>MIME type of a figure as JSON, which VS Code and other notebook editors draw by themselves.</summary>
    public const string PlotlyMimeType = "application/vnd.plotly.v1+json";

    /// <summary>The figure as plotly JSON: <c>data</c>, <c>layout</c> and <c>config</c>.</summary>
    public string ToPlotlyJson()
    {
        JsonObject layout = Clone(_layout);
        if (_traces.All(trace => !(bool)trace["showlegend"]!))
        {
            layout["showlegend"] = false;
        }

        JsonObject figure = new()
        {
            ["data"] = new JsonArray([.. _traces.Select(Clone)]),
            ["layout"] = layout,
            ["config"] = new JsonObject { ["displaylogo"] = false, ["responsive"] = true },
        };
        return Rounded(figure)!.ToJsonString(JsonText);
    }

    /// <summary>The figure as an HTML fragment that needs no network, plotly.js included (1.5 MB).</summary>
    public string ToHtml() => PlotlyHtml.Fragment(ToPlotlyJson(), withLibrary: true);

    /// <summary>The figure as an HTML page that needs no network.</summary>
    public string ToHtmlPage() => PlotlyHtml.Page(Title, ToHtml());

    /// <summary>The figure in words: title, axes, and of every trace its name, number of points and range.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"[figure] {Title}");
        foreach (JsonObject trace in _traces.Where(IsSeen))
        {
            text.AppendLine().Append("  ").Append((string?)trace["type"] ?? "trace");
            if ((string)trace["name"]! is { Length: > 0 } name)
            {
                text.Append(" \"").Append(name).Append('"');
            }

            foreach (string axis in new[] { "x", "y", "z" })
            {
                double[] numbers = [.. Leaves(trace[axis])];
                if (numbers.Length > 0)
                {
                    text.Append(CultureInfo.InvariantCulture, $" · {axis} {numbers.Min():G4}..{numbers.Max():G4} ({numbers.Length})");
                }
            }
        }

        return text.ToString();
    }

    /// <summary>Any plotly figure in words.</summary>
    internal static string TextOf(string plotlyJson)
    {
        JsonNode figure = JsonNode.Parse(plotlyJson)!;
        return new Figure([.. figure["data"]!.AsArray().Select(trace => (JsonObject)trace!)], figure["layout"] as JsonObject ?? []).ToString();
    }

    private static bool IsSeen(JsonObject trace) =>
        (trace["visible"] is not JsonValue visible || visible.GetValue<bool>())
        && (trace["opacity"] is not JsonValue opacity || Number(opacity) != 0);

    private static readonly JsonSerializerOptions JsonText = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static IEnumerable<double> Leaves(JsonNode? node) => node switch
    {
        JsonArray items => items.SelectMany(Leaves),
        JsonValue value when Number(value) is double number && double.IsFinite(number) => [number],
        _ => [],
    };

    // A number is a double or an int where this class wrote it, and text where Plotly.NET did.
    private static double? Number(JsonValue value) =>
        value.TryGetValue(out double real) ? real
        : value.TryGetValue(out int integer) ? integer
        : value.TryGetValue(out JsonElement element) && element.ValueKind == JsonValueKind.Number ? element.GetDouble()
        : null;

    // Six digits are more than a screen can show. They keep files small, and last-bit differences out of them. JSON has no
    // NaN: plotly.js takes null for a gap.
    private static JsonNode? Rounded(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                return new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, Rounded(m.Value))));
            case JsonArray items:
                return new JsonArray([.. items.Select(Rounded)]);
            case JsonValue value when Number(value) is double number:
                return !double.IsFinite(number) ? null : double.Parse(number.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            default:
                return node?.DeepClone();
        }
    }
}
