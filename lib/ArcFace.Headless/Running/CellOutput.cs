using ArcFace.Headless.Protocol;

namespace ArcFace.Headless.Running;

/// <summary>One output of a cell, as it grows while the cell runs.</summary>
internal abstract class CellOutput
{
    /// <summary>The output in the notebook's format.</summary>
    /// <param name="paths">What is not to stand in it.</param>
    public abstract JsonObject ToJson(MachinePaths paths);

    /// <summary>Text as a notebook stores it: a list of lines that keep their ends.</summary>
    protected static JsonArray Lines(string text)
    {
        var lines = new JsonArray();
        for (int start = 0; start < text.Length;)
        {
            int end = text.IndexOf('\n', start) is int found and >= 0 ? found + 1 : text.Length;
            lines.Add(JsonValue.Create(text[start..end]));
            start = end;
        }

        return lines;
    }
}

/// <summary>Text written to standard output or error.</summary>
internal sealed class StreamOutput(string name) : CellOutput
{
    public string Name { get; } = name;

    public StringBuilder Text { get; } = new();

    public override JsonObject ToJson(MachinePaths paths) =>
        new() { ["output_type"] = "stream", ["name"] = Name, ["text"] = Lines(paths.RemoveFrom(Text.ToString())) };
}

/// <summary>A value, shown on request or as the cell's result.</summary>
internal sealed class ValueOutput(IReadOnlyDictionary<string, string> forms, int? resultOf) : CellOutput
{
    public IReadOnlyDictionary<string, string> Forms { get; set; } = forms;

    public override JsonObject ToJson(MachinePaths paths)
    {
        var data = new JsonObject();
        foreach ((string mimeType, string content) in Forms)
        {
            data[mimeType] = Content(mimeType, paths.RemoveFrom(content));
        }

        var json = new JsonObject { ["output_type"] = resultOf is null ? "display_data" : "execute_result" };
        if (resultOf is { } number)
        {
            json["execution_count"] = number;
        }

        json["data"] = data;
        json["metadata"] = new JsonObject();
        return json;
    }

    private static JsonNode? Content(string mimeType, string content)
    {
        if (!NotebookJson.IsJson(mimeType))
        {
            return Lines(content);
        }

        try
        {
            return StrictJson.Parse(Encoding.UTF8.GetBytes(content));
        }
        catch (JsonException)
        {
            return JsonValue.Create(content);
        }
    }
}

/// <summary>The error that ended a cell.</summary>
internal sealed class ErrorOutput(CellError error) : CellOutput
{
    public override JsonObject ToJson(MachinePaths paths) => new()
    {
        ["output_type"] = "error",
        ["ename"] = error.Name,
        ["evalue"] = paths.RemoveFrom(error.Message),
        ["traceback"] = new JsonArray([.. error.Traceback.Select(line => JsonValue.Create(paths.RemoveFrom(line)))]),
    };
}
