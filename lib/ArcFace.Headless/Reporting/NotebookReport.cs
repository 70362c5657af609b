namespace ArcFace.Headless.Reporting;

/// <summary>A notebook as the reports tell of it. What it put out is cut: the reports of all notebooks are kept until the end.</summary>
internal sealed class NotebookReport
{
    private const int LongestText = 20_000;

    private int _room = 1 << 19;

    /// <summary>The report of a notebook by its name. The result is null where it could not be run; the problem, which may be null, is what else
    /// went wrong, in a word or two for the table and in a sentence.</summary>
    public NotebookReport(string name, NotebookResult? result, (string Verdict, string Message)? problem)
    {
        (Name, Problem, Duration) = (name, problem?.Message, result?.Duration ?? default);
        Cells = [.. (result?.Cells ?? []).Select(Shorten)];
        CellsRun = result is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{Cells.Count}/{result.CellCount}");
        Seconds = result is null ? "" : InSeconds(Duration);
        HasPassed = result?.Outcome == NotebookOutcome.Passed && Problem is null;
        int failed = Cells.Count(cell => cell.Failure is not null);
        (Verdict, ExitCode) = result?.Outcome switch
        {
            null => (problem!.Value.Verdict, Headless.ExitCode.BadArguments),
            NotebookOutcome.Passed when problem is { } other => (other.Verdict, Headless.ExitCode.Failed),
            NotebookOutcome.Passed => ("passed", Headless.ExitCode.Passed),
            NotebookOutcome.TimedOut => ("timed out", Headless.ExitCode.TimedOut),
            NotebookOutcome.Interrupted => ("interrupted", Headless.ExitCode.Failed),
            _ => (failed == 1 ? "failed" : string.Create(CultureInfo.InvariantCulture, $"failed ({failed} cells)"), Headless.ExitCode.Failed),
        };
    }

    public string Name { get; }
    public IReadOnlyList<CellResult> Cells { get; }

    /// <summary>What went wrong apart from the cells, or null.</summary>
    public string? Problem { get; }

    public bool HasPassed { get; }
    public TimeSpan Duration { get; }
    public string Seconds { get; }
    public string CellsRun { get; }
    public string Verdict { get; }
    public int ExitCode { get; }

    /// <summary>What went wrong, a line each, beginning with the notebook's name.</summary>
    public IEnumerable<string> Problems => Cells.Where(cell => cell.Failure is not null)
        .Select(cell => $"{Name}, {cell.DescribeFailure()}")
        .Concat(Problem is null ? [] : [$"{Name}: {Problem}"]);

    public static string InSeconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);

    private CellResult Shorten(CellResult cell) => cell with
    {
        Output = Shorten(cell.Output),
        Failure = cell.Failure is { } failure ? failure with { Message = Shorten(failure.Message), Traceback = [Shorten(failure.Details)] } : null,
    };

    private string Shorten(string text)
    {
        int length = Math.Min(text.Length, Math.Min(LongestText, _room));
        _room -= length;
        return length == text.Length ? text : text[..length] + "… (cut)";
    }
}
