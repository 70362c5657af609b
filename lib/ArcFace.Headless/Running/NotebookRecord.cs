using System.Text.Json.Nodes;
using ArcFace.Headless.Protocol;

namespace ArcFace.Headless.Running;

/// <summary>What a notebook has put out so far, cell by cell. Several threads report here.</summary>
internal sealed class NotebookRecord
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (CellRecord Cell, ValueOutput Output)> _shown = [];
    private readonly OutputRoom _room = new();
    private CellRecord _current;

    public NotebookRecord() => _current = new CellRecord(0, _room);

    /// <summary>From now on, what comes belongs to the cell with this number.</summary>
    public CellRecord Begin(int number)
    {
        lock (_gate)
        {
            return _current = new CellRecord(number, _room);
        }
    }

    public void AddText(string stream, string text)
    {
        lock (_gate)
        {
            _current.AddText(stream, text);
        }
    }

    public void Show(ShownValue value)
    {
        lock (_gate)
        {
            if (_current.AddValue(value, isResult: false) is { } output)
            {
                _shown[value.Id] = (_current, output);
            }
        }
    }

    public void Change(ShownValue value)
    {
        lock (_gate)
        {
            if (_shown.TryGetValue(value.Id, out (CellRecord Cell, ValueOutput Output) shown))
            {
                shown.Cell.Change(shown.Output, value);
            }
        }
    }

    public void SetResult(ShownValue value)
    {
        lock (_gate)
        {
            _current.AddValue(value, isResult: true);
        }
    }

    public void Fail(CellError error)
    {
        lock (_gate)
        {
            _current.Fail(error);
        }
    }

    /// <summary>The outputs of a cell in the notebook's format.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="paths">What is not to stand in them.</param>
    public JsonArray OutputsOf(CellRecord cell, MachinePaths paths)
    {
        lock (_gate)
        {
            return cell.ToJson(paths);
        }
    }

    /// <summary>The text that a cell wrote, to any stream.</summary>
    public string TextOf(CellRecord cell)
    {
        lock (_gate)
        {
            return cell.Text();
        }
    }
}
