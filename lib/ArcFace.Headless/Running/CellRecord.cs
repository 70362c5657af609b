using ArcFace.Headless.Protocol;

namespace ArcFace.Headless.Running;

/// <summary>What one cell has put out so far, within bounds: a cell that writes without end must not fill the memory.</summary>
/// <param name="number">The cell's place among the code cells, from 1.</param>
/// <param name="room">What the notebook may still put out.</param>
internal sealed class CellRecord(int number, OutputRoom room)
{
    internal const int LongestText = 1 << 20;
    internal const int MostOutputs = 5_000;

    private const int LongestCutMessage = 200;

    private readonly List<CellOutput> _outputs = [];
    private long _textLength;
    private int _dropped;

    /// <summary>The cell's place among the code cells, from 1.</summary>
    public int Number { get; } = number;

    /// <summary>Why the cell failed, if it did.</summary>
    public CellError? Error { get; private set; }

    /// <summary>Whether the cell shows a value that is not there.</summary>
    public bool ShowsNull => _outputs.OfType<ValueOutput>().Any(output => output.Forms.GetValueOrDefault("text/plain") == "<null>");

    public void AddText(string stream, string text)
    {
        int left = (int)Math.Max(0, LongestText - _textLength);
        _textLength += text.Length;
        ReadOnlySpan<char> kept = text.AsSpan(0, Math.Min(left, text.Length));
        if (kept.IsEmpty)
        {
            return;
        }

        if (_outputs is [.., StreamOutput last] && last.Name == stream && room.Take(kept.Length))
        {
            last.Text.Append(kept);
        }
        else if (new StreamOutput(stream) is var output && Add(output, kept.Length))
        {
            output.Text.Append(kept);
        }
    }

    /// <returns>The output, which can be changed later; null where there was no room for it.</returns>
    public ValueOutput? AddValue(ShownValue value, bool isResult) =>
        new ValueOutput(value.Forms, isResult ? Number : null) is var output && Add(output, Length(value.Forms)) ? output : null;

    public void Change(ValueOutput output, ShownValue value)
    {
        if (room.Take(Length(value.Forms) - Length(output.Forms)))
        {
            output.Forms = value.Forms;
        }
    }

    public void Fail(CellError error)
    {
        if (!room.TakeOutput(error.Name.Length + error.Message.Length + error.Traceback.Sum(line => (long)line.Length)))
        {
            error = new CellError(error.Name, error.Message[..Math.Min(LongestCutMessage, error.Message.Length)], [], error.Line);
        }

        Error ??= error;
        _outputs.Add(new ErrorOutput(error));
    }

    public string Text() => string.Concat(_outputs.OfType<StreamOutput>().Select(output => output.Text.ToString()));

    public JsonArray ToJson(MachinePaths paths)
    {
        var json = new JsonArray([.. _outputs.Select(output => output.ToJson(paths))]);
        foreach (string note in Notes())
        {
            var output = new StreamOutput("stderr");
            output.Text.Append(note);
            json.Add(output.ToJson(paths));
        }

        return json;
    }

    private IEnumerable<string> Notes()
    {
        if (_textLength > LongestText)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"(output cut: {_textLength:N0} characters were written, the first {LongestText:N0} are kept)\n");
        }

        if (_dropped > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"({_dropped:N0} more outputs are left out: a cell keeps {MostOutputs:N0} outputs, "
                + $"and a notebook {OutputRoom.Largest:N0} characters)\n");
        }
    }

    private bool Add(CellOutput output, long length)
    {
        if (_outputs.Count >= MostOutputs || !room.TakeOutput(length))
        {
            _dropped++;
            return false;
        }

        _outputs.Add(output);
        return true;
    }

    private static long Length(IReadOnlyDictionary<string, string> forms) =>
        forms.Sum(form => 100L + form.Key.Length + form.Value.Length);
}
