using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ArcFace.Notebooks.Charts;

public sealed partial class Figure
{
    /// <summary>MIME type of a figure as JSON, which VS Code and other notebook editors draw by themselves.</summary>
    public const string PlotlyMimeType = "application/vnd.plotly.v1+json";

    private static readonly string[] Coordinates = ["x", "y", "z"];

    private static readonly JsonSerializerOptions JsonText = new()
    {
        Converters = { new Gaps() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The figure as plotly JSON: <c>data</c>, <c>layout</c> and <c>config</c>.</summary>
    public string ToPlotlyJson()
    {
        bool named = _traces.Any(trace => (bool)trace["showlegend"]!);
        return Rounded(Json(new
        {
            data = _traces,
            layout = named ? _layout : Changed(_layout, new { showlegend = false }),
            config = new { displaylogo = false, responsive = true },
        }))!.ToJsonString(JsonText);
    }

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

            foreach (string axis in Coordinates)
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

    private static bool IsSeen(JsonObject trace) => trace["visible"]?.GetValueKind() != JsonValueKind.False && (double?)trace["opacity"] != 0;

    private static IEnumerable<double> Leaves(JsonNode? node) => node switch
    {
        JsonArray items => items.SelectMany(Leaves),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => [(double)value],
        _ => [],
    };

    // Six digits are more than a screen can show. They keep files small, and last-bit differences out of them.
    private static JsonNode? Rounded(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, Rounded(m.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Rounded)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number =>
            double.Parse(((double)value).ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        _ => node?.DeepClone(),
    };

    /// <summary>An object as JSON, without the members that are null.</summary>
    private static JsonObject Json(object value) => (JsonObject)JsonSerializer.SerializeToNode(value, JsonText)!;

    /// <summary>A copy with the members of <paramref name="changes"/>, of objects inside it too, in the place of its own.</summary>
    private static JsonObject Changed(JsonObject json, object changes)
    {
        var changed = (JsonObject)json.DeepClone();
        foreach ((string name, JsonNode? value) in Json(changes))
        {
            changed[name] = value is JsonObject && changed[name] is JsonObject own ? Changed(own, value) : value?.DeepClone();
        }

        return changed;
    }

    // JSON has no NaN: plotly.js takes null for a gap.
    private sealed class Gaps : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
            {
                writer.WriteNumberValue(value);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }
}
