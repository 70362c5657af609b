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

    /// <summary>Adds to the cell that is running.</summary>
    public void Add(Action<CellRecord> add)
    {
        lock (_gate)
        {
            add(_current);
        }
    }

    public void Show(ShownValue value) => Add(cell =>
    {
        if (cell.AddValue(value, isResult: false) is { } output)
        {
            _shown[value.Id] = (cell, output);
        }
    });

    public void Change(ShownValue value) => Add(_ =>
    {
        if (_shown.TryGetValue(value.Id, out (CellRecord Cell, ValueOutput Output) shown))
        {
            shown.Cell.Change(shown.Output, value);
        }
    });

    /// <summary>Looks at what there is, while nothing is added.</summary>
    public T Read<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }
}
