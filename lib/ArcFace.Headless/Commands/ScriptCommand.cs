namespace ArcFace.Headless.Commands;

/// <summary><c>script</c>: writes a notebook as a C# program of one file.</summary>
internal static class ScriptCommand
{
    public static Command Create()
    {
        var notebook = new Argument<string>("notebook") { Description = "The notebook." };
        Option<string?> output = CommandLine.Option(
            "--output", "FILE.cs", "The file to write. Without it: artifacts/programs, under the notebook's name.");
        var command = new Command("script", "Writes a notebook as a C# program, which 'dotnet run FILE.cs' runs without a notebook engine.") { notebook, output };
        command.SetAction(parsed => Write(parsed.GetValue(notebook)!, parsed.GetValue(output)));
        return command;
    }

    private static int Write(string path, string? output)
    {
        string root = Repository.FindRoot() ?? throw new ArgumentException(
            "The program refers to the library's project: run this in the repository of the notebooks.");
        NotebookFile file = NotebookFiles.Find([path]) is [NotebookFile only] ? only
            : throw new ArgumentException($"'{path}' holds several notebooks; name one.");
        string target = Path.GetFullPath(output ?? Path.Combine(root, "artifacts", "programs", Path.ChangeExtension(file.Name, ".cs")));
        ArgumentException.ThrowIf(Path.GetExtension(target) != ".cs", $"--output is '{output}'; the file must end in .cs.");
        try
        {
            string project = Path.GetRelativePath(Path.GetDirectoryName(target)!, Path.Combine(root, "lib", "ArcFace.Notebooks", "ArcFace.Notebooks.csproj"));
            string program = NotebookProgram.Create(NotebookDocument.Load(file.Path), project.Replace('\\', '/'));
            OutputFile.Write(target, program);
        }
        catch (NotebookFormatException exception)
        {
            throw new ArgumentException($"{file.Name} {exception.Problem}", exception);
        }

        Console.WriteLine($"dotnet run {Path.GetRelativePath(Environment.CurrentDirectory, target)}");
        return ExitCode.Passed;
    }
}
