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
            Write(writer, null, notebook);
        }

        stream.WriteByte((byte)'\n');
    }

    // Only where JSON may stand among the outputs are the nodes gone through one by one, which needs memory for each of them.
    private static void Write(Utf8JsonWriter writer, string? name, JsonNode? node)
    {
        switch (node)
        {
            case null:
                writer.WriteNullValue();
                break;
            case JsonObject members when name is null or "cells" or "outputs" or "data":
                writer.WriteStartObject();
                foreach ((string key, JsonNode? value) in members)
                {
                    writer.WritePropertyName(key);
                    Write(writer, key, value);
                }

                writer.WriteEndObject();
                break;
            case JsonArray items when name is null or "cells" or "outputs" or "data":
                writer.WriteStartArray();
                foreach (JsonNode? item in items)
                {
                    Write(writer, null, item);
                    writer.Flush();
                }

                writer.WriteEndArray();
                break;
            case not null when name is not null && IsJson(name):
                writer.WriteRawValue(node.ToJsonString(OnOneLine));
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }
}
