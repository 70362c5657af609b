using ArcFace.Headless.Checking;

namespace ArcFace.Headless.Commands;

/// <summary><c>check</c>: says which notebooks break which rule.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        Argument<string[]> paths = NotebookFiles.Argument();
        var command = new Command("check", "Checks that notebooks keep the rules of the series, without running them.") { paths };
        command.SetAction(parsed => Run(parsed.GetValue(paths) ?? []));
        return command;
    }

    private static int Run(string[] paths)
    {
        int unreadable = 0;
        IReadOnlyList<NotebookFile> files = NotebookFiles.Find(paths);
        var findings = new List<(string Name, Finding Finding)>();
        var lessons = new List<NotebookDocument>();
        foreach (NotebookFile file in files)
        {
            try
            {
                NotebookDocument notebook = NotebookDocument.Load(file.Path);

                // How long cells and notebooks may be is the series' own rule: neither that of its solutions nor of a notebook elsewhere.
                bool isLesson = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file.Path))) == "notebooks";
                lessons.AddRange(isLesson ? [notebook] : []);
                IEnumerable<Finding> found = NotebookChecker.Check(notebook).Concat(isLesson ? LengthRules.Check(notebook) : []);
                findings.AddRange(found.Select(finding => (file.Name, finding)));
            }
            catch (NotebookFormatException exception)
            {
                unreadable++;
                Console.Error.WriteLine(Log.Clean($"{file.Name}: {exception.Problem}"));
            }
        }

        findings.AddRange(LengthRules.Repeated(lessons).Select(repeated => (Path.GetFileName(repeated.Notebook.Path), repeated.Finding)));
        foreach ((string name, Finding finding) in findings)
        {
            Log.WriteLine($"{name}{(finding.Cell is { } cell ? $", cell {cell}" : "")}: {finding.Message}");
        }

        Console.WriteLine($"{files.Count} notebooks checked, {findings.Count} findings, {unreadable} unreadable");
        return unreadable > 0 ? ExitCode.BadArguments : findings.Count > 0 ? ExitCode.Failed : ExitCode.Passed;
    }
}
