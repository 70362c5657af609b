namespace ArcFace.Headless.Running;

/// <summary>What one cell, with its place among the code cells, from 1, has put out so far.</summary>
internal sealed partial class CellRecord(int number)
{
    public int Number { get; } = number;

    public List<CellOutput> Outputs { get; } = [];

    /// <summary>How many characters the cell has written, whether they are kept or not.</summary>
    public long TextLength { get; set; }

    /// <summary>How many outputs there was no room for.</summary>
    public int Dropped { get; set; }

    public CellFailure? Error => Outputs.OfType<CellFailure>().FirstOrDefault();

    /// <summary>Whether the cell shows a value that is not there.</summary>
    public bool ShowsNull => Outputs.OfType<ShownValue>().Any(value => value.Forms.GetValueOrDefault("text/plain") == "<null>");

    public string Text() => string.Concat(Outputs.OfType<StreamOutput>().Select(output => output.Text.ToString()));

    /// <summary>The outputs in the notebook's format, without the paths that are not to stand in them.</summary>
    public JsonArray ToJson(MachinePaths paths) => [.. Outputs.Concat(Notes()).Select(output => ToJson(output, paths))];

    private IEnumerable<CellOutput> Notes()
    {
        if (TextLength > NotebookRecord.LongestText)
        {
            yield return new StreamOutput("stderr", string.Create(CultureInfo.InvariantCulture,
                $"(output cut: {TextLength:N0} characters were written, the first {NotebookRecord.LongestText:N0} are kept)\n"));
        }

        if (Dropped > 0)
        {
            yield return new StreamOutput("stderr", string.Create(CultureInfo.InvariantCulture,
                $"({Dropped:N0} more outputs are left out: a cell keeps {NotebookRecord.MostOutputs:N0} outputs, "
                + $"and a notebook {NotebookRecord.Largest:N0} characters)\n"));
        }
    }

    private JsonObject ToJson(CellOutput output, MachinePaths paths) => output switch
    {
        StreamOutput stream => new() { ["output_type"] = "stream", ["name"] = stream.Name, ["text"] = Lines(paths.RemoveFrom(stream.Text.ToString())) },
        ShownValue { As: ShownAs.Result } value => new()
        {
            ["output_type"] = "execute_result",
            ["execution_count"] = Number,
            ["data"] = Data(value, paths),
            ["metadata"] = new JsonObject(),
        },
        ShownValue value => new() { ["output_type"] = "display_data", ["data"] = Data(value, paths), ["metadata"] = new JsonObject() },
        CellFailure error => new()
        {
            ["output_type"] = "error",
            ["ename"] = error.Name,
            ["evalue"] = paths.RemoveFrom(error.Message),
            ["traceback"] = new JsonArray([.. error.Traceback.Select(line => JsonValue.Create(paths.RemoveFrom(line)))]),
        },
        _ => throw new ArgumentException($"an output of the type {output.GetType()}", nameof(output)),
    };

    private static JsonObject Data(ShownValue value, MachinePaths paths) =>
        new(value.Forms.Select(form => KeyValuePair.Create(form.Key, Content(form.Key, paths.RemoveFrom(form.Value)))));

    private static JsonNode? Content(string mimeType, string content)
    {
        try
        {
            return NotebookJson.IsJson(mimeType) ? StrictJson.Parse(Encoding.UTF8.GetBytes(content)) : Lines(content);
        }
        catch (JsonException)
        {
            return content;
        }
    }

    // As a notebook stores text: a list of lines that keep their ends.
    private static JsonArray Lines(string text) => [.. LineWithEnd().Matches(text).Select(line => JsonValue.Create(line.Value))];

    [GeneratedRegex(@"[^\n]*\n|[^\n]+")]
    private static partial Regex LineWithEnd();
}

/// <summary>Text written to standard output or error, as it grows.</summary>
internal sealed record StreamOutput(string Name, string Start) : CellOutput
{
    public StringBuilder Text { get; } = new(Start);
}
