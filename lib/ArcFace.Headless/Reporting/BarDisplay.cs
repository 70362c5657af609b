using System.Globalization;
using ArcFace.Headless.Commands;
using Spectre.Console;

namespace ArcFace.Headless.Reporting;

/// <summary>Progress as a bar for each notebook, for terminals.</summary>
internal sealed class BarDisplay : IProgressDisplay
{
    private readonly Dictionary<string, ProgressTask> _bars;
    private ProgressTask? _bar;
    private string _name = "";

    public BarDisplay(ProgressContext context, IReadOnlyList<NotebookFile> files) =>
        _bars = files.ToDictionary(file => file.Name, file => context.AddTask(Markup.Escape(Log.Clean(file.Name)), autoStart: false));

    public void NotebookStarted(NotebookFile file)
    {
        _name = Markup.Escape(Log.Clean(file.Name));
        _bar = _bars[file.Name];
        _bar.StartTask();
    }

    public void Report(NotebookProgress value)
    {
        _bar!.MaxValue = value.CellCount;
        _bar.Value = value is CellEnded ? value.Cell : value.Cell - 1;
        _bar.Description = string.Create(CultureInfo.InvariantCulture, $"{_name}  [grey]cell {value.Cell}/{value.CellCount}[/]");
    }

    public void NotebookEnded(NotebookReport report)
    {
        _bar!.Description = $"{_name}  [{(report.HasPassed ? "green" : "red")}]{Markup.Escape(report.Verdict)}[/]";
        _bar.StopTask();
    }
}
