using System.Globalization;

namespace ArcFace.Headless.Reporting;

/// <summary>A notebook as the reports tell of it.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Result">What came of running it; null where it could not be read.</param>
/// <param name="Problem">Why it could not be read, or why its figures have no images, or null.</param>
internal sealed record NotebookReport(string Name, NotebookResult? Result, string? Problem)
{
    public bool HasPassed => Result?.Outcome == NotebookOutcome.Passed && Problem is null;

    public string Seconds => Result is null ? "" : InSeconds(Result.Duration);

    public string CellsRun => Result is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{Result.Cells.Count}/{Result.CellCount}");

    public string Verdict => Result?.Outcome switch
    {
        null => "unreadable",
        NotebookOutcome.Passed when Problem is not null => "no images",
        NotebookOutcome.Passed => "passed",
        NotebookOutcome.TimedOut => "timed out",
        NotebookOutcome.Interrupted => "interrupted",
        _ => Result.FailedCells.Count() is var count && count == 1
            ? "failed"
            : string.Create(CultureInfo.InvariantCulture, $"failed ({count} cells)"),
    };

    /// <summary>What went wrong, a line each, beginning with the notebook's name.</summary>
    public IEnumerable<string> Problems => (Result?.FailedCells ?? [])
        .Select(cell => $"{Name}, {cell.DescribeFailure()}")
        .Concat(Problem is null ? [] : [$"{Name}: {Problem}"]);

    public static string InSeconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
}
