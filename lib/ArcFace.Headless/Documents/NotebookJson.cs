using System.Text.Encodings.Web;

namespace ArcFace.Headless.Documents;

/// <summary>A notebook as its file holds it: UTF-8, indented as Jupyter does, but for JSON among the outputs, which stands on one line:
/// with every number on a line of its own a figure would weigh four times as much.</summary>
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

    public static readonly JsonSerializerOptions OnOneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether an output of this MIME type is JSON, and stands as such in the notebook.</summary>
    public static bool IsJson(string mimeType) => mimeType == "application/json" || mimeType.EndsWith("+json", StringComparison.Ordinal);

    /// <summary>How many bytes the notebook takes.</summary>
    public static long Measure(JsonObject notebook)
    {
        using var bytes = new MemoryStream();
        Write(bytes, notebook);
        return bytes.Length;
    }

    /// <summary>Writes the notebook.</summary>
    public static void Write(Stream stream, JsonObject notebook)
    {
        using (var writer = new Utf8JsonWriter(stream, JupyterStyle))
        {
            Write(writer, notebook);
        }

        stream.WriteByte((byte)'\n');
    }

    // Only where JSON may stand among the outputs are the nodes gone through one by one, which needs memory for each of them.
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
                    writer.Flush();
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
        if (value is null || name is "cells" or "outputs" or "data")
        {
            Write(writer, value);
        }
        else if (IsJson(name))
        {
            writer.WriteRawValue(value.ToJsonString(OnOneLine));
        }
        else
        {
            value.WriteTo(writer);
        }
    }
}
