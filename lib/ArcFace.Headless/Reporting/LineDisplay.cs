using System.Globalization;
using ArcFace.Headless.Commands;

namespace ArcFace.Headless.Reporting;

/// <summary>Progress in lines that stand by themselves, for logs.</summary>
internal sealed class LineDisplay : IProgressDisplay
{
    public void NotebookStarted(NotebookFile file) => Log.WriteLine(file.Name);

    public void Report(NotebookProgress value)
    {
        string cell = string.Create(CultureInfo.InvariantCulture, $"  cell {value.Cell,2}/{value.CellCount}");
        switch (value)
        {
            case CellStarted { Cell: 1 }:
                Log.WriteLine($"{cell}  started");
                break;
            case CellEnded { Result: var result }:
                Log.WriteLine($"{cell}  {NotebookReport.InSeconds(result.Duration),6} s  {(result.Failure is null ? "ok" : "failed")}");
                break;
            default:
                break;
        }
    }

    public void NotebookEnded(NotebookReport report)
    {
        Log.WriteLine($"  {report.Verdict}{(report.Seconds == "" ? "" : $" in {report.Seconds} s")}");
        foreach (string problem in report.Problems)
        {
            Log.WriteLine($"  {problem}");
        }
    }
}
