using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ArcFace.Headless.Documents;

/// <summary>
/// A notebook as its file holds it: UTF-8, indented as Jupyter does, but for JSON among the outputs, which stands on one line: with
/// every number on a line of its own a figure would weigh four times as much.
/// </summary>
internal static class NotebookJson
{
    private static readonly JsonWriterOptions JupyterStyle = new()
    {
        Indented = true,
        IndentCharacter = ' ',
        IndentSize = 1,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions OnOneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] ToBytes(JsonObject notebook)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, JupyterStyle))
        {
            Write(writer, notebook);
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                writer.WriteStartObject();
                foreach ((string name, JsonNode? value) in members)
                {
                    writer.WritePropertyName(name);
                    WriteMember(writer, name, value);
                }

                writer.WriteEndObject();
                break;
            case JsonArray items:
                writer.WriteStartArray();
                foreach (JsonNode? item in items)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case null:
                writer.WriteNullValue();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }

    private static void WriteMember(Utf8JsonWriter writer, string name, JsonNode? value)
    {
        bool isOutput = name.EndsWith("+json", StringComparison.Ordinal);
        if (isOutput && value is not null)
        {
            writer.WriteRawValue(value.ToJsonString(OnOneLine));
        }
        else
        {
            Write(writer, value);
        }
    }
}
