namespace ArcFace.Headless.Reporting;

/// <summary>A notebook as the reports tell of it. What it put out is cut: the reports of all notebooks are kept until the end.</summary>
internal sealed class NotebookReport
{
    private const int LongestText = 20_000;

    private readonly NotebookOutcome? _outcome;
    private readonly TimeSpan _duration;
    private readonly int _cellCount;
    private readonly string? _problemVerdict;
    private int _room = 1 << 19;

    /// <param name="name">What the notebook is called.</param>
    /// <param name="result">What came of running it; null where it could not be run.</param>
    /// <param name="problem">What else went wrong, in a word or two for the table and in a sentence; or null.</param>
    public NotebookReport(string name, NotebookResult? result, (string Verdict, string Message)? problem)
    {
        Name = name;
        (_problemVerdict, Problem) = (problem?.Verdict, problem?.Message);
        (_outcome, _duration, _cellCount) = (result?.Outcome, result?.Duration ?? default, result?.CellCount ?? 0);
        Cells = [.. (result?.Cells ?? []).Select(Shorten)];
    }

    public string Name { get; }

    /// <summary>The cells that were run.</summary>
    public IReadOnlyList<CellResult> Cells { get; }

    /// <summary>What went wrong apart from the cells, or null.</summary>
    public string? Problem { get; }

    public bool HasPassed => _outcome == NotebookOutcome.Passed && Problem is null;

    public TimeSpan Duration => _duration;

    public string Seconds => _outcome is null ? "" : InSeconds(_duration);

    public string CellsRun => _outcome is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{Cells.Count}/{_cellCount}");

    public string Verdict => _outcome switch
    {
        null or NotebookOutcome.Passed when Problem is not null => _problemVerdict!,
        NotebookOutcome.Passed => "passed",
        NotebookOutcome.TimedOut => "timed out",
        NotebookOutcome.Interrupted => "interrupted",
        _ => Cells.Count(cell => cell.Failure is not null) is var count && count == 1
            ? "failed"
            : string.Create(CultureInfo.InvariantCulture, $"failed ({count} cells)"),
    };

    /// <summary>What the program tells its caller of this notebook.</summary>
    public int ExitCode => _outcome switch
    {
        null => Headless.ExitCode.BadArguments,
        NotebookOutcome.TimedOut => Headless.ExitCode.TimedOut,
        _ => HasPassed ? Headless.ExitCode.Passed : Headless.ExitCode.Failed,
    };

    /// <summary>What went wrong, a line each, beginning with the notebook's name.</summary>
    public IEnumerable<string> Problems => Cells.Where(cell => cell.Failure is not null)
        .Select(cell => $"{Name}, {cell.DescribeFailure()}")
        .Concat(Problem is null ? [] : [$"{Name}: {Problem}"]);

    public static string InSeconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);

    private CellResult Shorten(CellResult cell) => cell with
    {
        Output = Shorten(cell.Output),
        Failure = cell.Failure is { } failure ? failure with { Message = Shorten(failure.Message), Details = Shorten(failure.Details) } : null,
    };

    private string Shorten(string text)
    {
        int length = Math.Min(text.Length, Math.Min(LongestText, _room));
        _room -= length;
        return length == text.Length ? text : text[..length] + "… (cut)";
    }
}
