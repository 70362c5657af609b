using System.Globalization;
using System.Text.Json.Nodes;
using ArcFace.Headless.Protocol;

namespace ArcFace.Headless.Running;

/// <summary>What one cell has put out so far, within bounds: a cell that writes without end must not fill the memory.</summary>
internal sealed class CellRecord(int number)
{
    internal const int LongestText = 1 << 20;
    internal const long LargestDisplays = 64 << 20;
    internal const int MostOutputs = 5_000;

    private readonly List<CellOutput> _outputs = [];
    private long _textLength;
    private long _displayLength;
    private int _dropped;

    /// <summary>The cell's place among the code cells, from 1.</summary>
    public int Number { get; } = number;

    /// <summary>Why the cell failed, if it did.</summary>
    public CellError? Error { get; private set; }

    /// <summary>Whether the cell shows a value that is not there.</summary>
    public bool ShowsNull => _outputs.OfType<ValueOutput>().Any(output => output.Forms.GetValueOrDefault("text/plain") == "<null>");

    public void AddText(string stream, string text)
    {
        int room = (int)Math.Max(0, LongestText - _textLength);
        _textLength += text.Length;
        ReadOnlySpan<char> kept = text.AsSpan(0, Math.Min(room, text.Length));
        if (kept.IsEmpty)
        {
            return;
        }

        if (_outputs is not [.., StreamOutput last] || last.Name != stream)
        {
            last = new StreamOutput(stream);
            if (!Add(last))
            {
                return;
            }
        }

        last.Text.Append(kept);
    }

    /// <returns>The output, which can be changed later; null where there was no room for it.</returns>
    public ValueOutput? AddValue(ShownValue value, bool isResult)
    {
        long length = Length(value.Forms);
        if (_displayLength + length > LargestDisplays)
        {
            _dropped++;
            return null;
        }

        var output = new ValueOutput(value.Forms, isResult ? Number : null);
        if (!Add(output))
        {
            return null;
        }

        _displayLength += length;
        return output;
    }

    public void Change(ValueOutput output, ShownValue value)
    {
        long change = Length(value.Forms) - Length(output.Forms);
        if (_displayLength + change <= LargestDisplays)
        {
            _displayLength += change;
            output.Forms = value.Forms;
        }
    }

    public void Fail(CellError error)
    {
        Error ??= error;
        _outputs.Add(new ErrorOutput(error));
    }

    public string Text() => string.Concat(_outputs.OfType<StreamOutput>().Select(output => output.Text.ToString()));

    public JsonArray ToJson()
    {
        var json = new JsonArray([.. _outputs.Select(output => output.ToJson())]);
        foreach (string note in Notes())
        {
            var output = new StreamOutput("stderr");
            output.Text.Append(note);
            json.Add(output.ToJson());
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
                + $"and values of {LargestDisplays:N0} characters)\n");
        }
    }

    private bool Add(CellOutput output)
    {
        if (_outputs.Count >= MostOutputs)
        {
            _dropped++;
            return false;
        }

        _outputs.Add(output);
        return true;
    }

    private static long Length(IReadOnlyDictionary<string, string> forms) => forms.Sum(form => (long)form.Value.Length);
}
