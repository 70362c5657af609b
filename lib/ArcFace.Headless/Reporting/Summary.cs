using Spectre.Console;

namespace ArcFace.Headless.Reporting;

/// <summary>The end of a run: a table, and what went wrong.</summary>
internal static class Summary
{
    public static void Write(IReadOnlyList<NotebookReport> reports, string output)
    {
        // Where there is no terminal, lines are not to be broken at 80 columns.
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings());
        console.Profile.Width = Console.IsOutputRedirected ? 160 : console.Profile.Width;
        Table table = new Table().Border(console.Profile.Out.IsTerminal ? TableBorder.Rounded : TableBorder.Ascii);
        table.AddColumn(new TableColumn("notebook").NoWrap());
        table.AddColumn(new TableColumn("cells").RightAligned());
        table.AddColumn(new TableColumn("seconds").RightAligned());
        table.AddColumn(new TableColumn("result"));
        foreach (NotebookReport report in reports)
        {
            var verdict = new Text(report.Verdict, report.HasPassed ? Color.Green : Color.Red);
            table.AddRow(new Text(Log.Clean(report.Name)), new Text(report.CellsRun), new Text(report.Seconds), verdict);
        }

        try
        {
            console.WriteLine();
            console.Write(table);
        }
        catch (IOException)
        {
            // As with every line of the log.
        }

        foreach (string problem in reports.SelectMany(report => report.Problems))
        {
            // Not through the console's layout: a line of a log is not to be broken.
            Log.WriteLine(problem);
        }

        Log.WriteLine($"{reports.Count(report => report.HasPassed)} of {reports.Count} notebooks passed. Executed notebooks: {output}");
    }
}
