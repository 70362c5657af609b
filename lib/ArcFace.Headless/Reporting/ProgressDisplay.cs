using ArcFace.Headless.Commands;
using Spectre.Console;

namespace ArcFace.Headless.Reporting;

/// <summary>Chooses how progress is shown: moving bars in a terminal, lines in a log.</summary>
internal static class ProgressDisplay
{
    public static async Task ShowAsync(IAnsiConsole console, IReadOnlyList<NotebookFile> files, Func<IProgressDisplay, Task> run)
    {
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Out.IsTerminal)
        {
            await run(new LineDisplay());
            return;
        }

        await console.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new ElapsedTimeColumn(),
                new SpinnerColumn())
            .StartAsync(context => run(new BarDisplay(context, files)));
    }
}
