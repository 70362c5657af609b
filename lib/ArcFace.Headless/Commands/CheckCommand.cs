using System.CommandLine;
using ArcFace.Headless.Reporting;

namespace ArcFace.Headless.Commands;

/// <summary><c>check</c>: says which notebooks break which rule.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("paths")
        {
            Description = "Notebooks, or folders with notebooks. Without any: the whole series.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("check", "Checks that notebooks keep the rules of the series, without running them.") { paths };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(paths) ?? []));
        return command;
    }

    private static async Task<int> RunAsync(string[] paths)
    {
        int findings = 0;
        int unreadable = 0;
        IReadOnlyList<NotebookFile> files = NotebookFiles.Find(paths);
        foreach (NotebookFile file in files)
        {
            try
            {
                foreach (Finding finding in NotebookChecker.Check(NotebookDocument.Load(file.Path)))
                {
                    findings++;
                    Log.WriteLine($"{file.Name}{(finding.Cell is { } cell ? $", cell {cell}" : "")}: {finding.Message}");
                }
            }
            catch (NotebookFormatException exception)
            {
                unreadable++;
                await Console.Error.WriteLineAsync(Log.Clean($"{file.Name}: {exception.Problem}"));
            }
        }

        Console.WriteLine($"{files.Count} notebooks checked, {findings} findings, {unreadable} unreadable");
        return unreadable > 0 ? ExitCode.BadArguments : findings > 0 ? ExitCode.Failed : ExitCode.Passed;
    }
}
