namespace ArcFace.Headless.Reporting;

/// <summary>Progress in lines that stand by themselves, in a terminal as in a log.</summary>
internal sealed class LineDisplay : IProgress<NotebookProgress>
{
    public void Report(NotebookProgress value)
    {
        string cell = string.Create(CultureInfo.InvariantCulture, $"  cell {value.Cell,2}/{value.CellCount}");
        if (value is CellStarted { Cell: 1 })
        {
            Log.WriteLine($"{cell}  started");
        }
        else if (value is CellEnded { Result: var result })
        {
            Log.WriteLine($"{cell}  {NotebookReport.InSeconds(result.Duration),6} s  {(result.Failure is null ? "ok" : "failed")}");
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
