namespace ArcFace.Headless.Running;

/// <summary>What a notebook has put out so far, cell by cell, within bounds: a notebook that puts out without end, in whatever way, costs the
/// host at most about 20 bytes of memory for each of <see cref="Largest"/> characters. Several threads report here.</summary>
internal sealed class NotebookRecord
{
    /// <summary>The characters kept of one notebook: what the outputs hold, and what each needs beside that.</summary>
    internal const long Largest = 32 << 20;

    internal const int LongestText = 1 << 20, MostOutputs = 5_000;
    private const int BesideOutput = 500, BesideForm = 100, LongestCutMessage = 200;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (CellRecord Cell, int Index)> _shown = [];
    private CellRecord _current = new(0);
    private long _room = Largest;

    /// <summary>From now on, what comes belongs to the cell with this number.</summary>
    public CellRecord Begin(int number) => Read(() => _current = new CellRecord(number));

    /// <summary>Looks at what there is, while nothing is added.</summary>
    public T Read<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }

    /// <summary>Adds to the cell that is running.</summary>
    public void Add(Message message)
    {
        lock (_gate)
        {
            switch (message)
            {
                case CellText text:
                    AddText(text);
                    break;
                case ShownValue { As: ShownAs.Update } value:
                    Change(value);
                    break;
                case ShownValue value:
                    if (Add(value, Length(value)) && value.As == ShownAs.Display)
                    {
                        _shown[value.Id] = (_current, _current.Outputs.Count - 1);
                    }

                    break;
                case CellFailure error:
                    bool isWhole = Take(BesideOutput + error.Name.Length + error.Message.Length + error.Traceback.Sum(line => (long)line.Length));
                    string start = error.Message[..Math.Min(LongestCutMessage, error.Message.Length)];
                    _current.Outputs.Add(isWhole ? error : error with { Message = start, Traceback = [] });
                    break;
            }
        }
    }

    private void AddText(CellText text)
    {
        int length = Math.Min(text.Text.Length, (int)Math.Max(0, LongestText - _current.TextLength));
        _current.TextLength += text.Text.Length;
        if (length > 0 && _current.Outputs is [.., StreamOutput last] && last.Name == text.Stream && Take(length))
        {
            last.Text.Append(text.Text, 0, length);
        }
        else if (length > 0)
        {
            Add(new StreamOutput(text.Stream, text.Text[..length]), length);
        }
    }

    private void Change(ShownValue value)
    {
        if (_shown.TryGetValue(value.Id, out (CellRecord Cell, int Index) shown) && shown.Cell.Outputs[shown.Index] is ShownValue before
            && Take(Length(value) - Length(before)))
        {
            shown.Cell.Outputs[shown.Index] = value;
        }
    }

    private bool Add(CellOutput output, long length)
    {
        bool hasRoom = _current.Outputs.Count < MostOutputs && Take(BesideOutput + length);
        _current.Outputs.AddRange(hasRoom ? [output] : []);
        _current.Dropped += hasRoom ? 0 : 1;
        return hasRoom;
    }

    // Takes room, or gives it back where the length is negative; where there is not enough, nothing is taken.
    private bool Take(long length)
    {
        bool isEnough = length <= _room;
        _room -= isEnough ? length : 0;
        return isEnough;
    }

    private static long Length(ShownValue value) => value.Forms.Sum(form => BesideForm + (long)form.Key.Length + form.Value.Length);
}
