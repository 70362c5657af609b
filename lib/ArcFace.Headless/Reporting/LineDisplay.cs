namespace ArcFace.Headless.Reporting;

/// <summary>Progress in lines that stand by themselves, in a terminal as in a log.</summary>
internal sealed class LineDisplay : IProgress<NotebookProgress>
{
    public void Report(NotebookProgress value)
    {
        string? what = value switch
        {
            CellStarted { Cell: 1 } => "started",
            CellEnded { Result: var result } => $"{NotebookReport.InSeconds(result.Duration),6} s  {(result.Failure is null ? "ok" : "failed")}",
            _ => null,
        };
        if (what is not null)
        {
            Log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  cell {value.Cell,2}/{value.CellCount}  {what}"));
        }
    }

    public static void NotebookEnded(NotebookReport report)
    {
        Log.WriteLine($"  {report.Verdict}{(report.Seconds == "" ? "" : $" in {report.Seconds} s")}");
        foreach (string problem in report.Problems)
        {
            Log.WriteLine($"  {problem}");
        }
    }
}
