using System.CommandLine;
using Spectre.Console;

namespace ArcFace.Headless.Commands;

/// <summary>The program as its user sees it.</summary>
internal static class CommandLine
{
    private const string Description = """
        Runs C# notebooks without an editor.

        Without a command, every notebook in notebooks/ and notebooks/solutions/ is run, and the executed notebooks are
        written to artifacts/notebooks.

        Examples (after 'dotnet run --project lib/ArcFace.Headless --'):
          run notebooks/01-logistic-regression.ipynb     one notebook
          run notebooks/solutions --timeout 60           a folder, a minute for each notebook
          run --junit artifacts/notebooks.xml            everything, with a report for a build server

        Exit codes:
          0    everything passed
          1    a cell failed
          2    wrong arguments, or a notebook that cannot be read
          3    a notebook took longer than allowed
          130  stopped with Ctrl-C
        """;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var root = new RootCommand(Description) { RunCommand.Create() };
        root.SetAction((_, cancellation) => RunCommand.RunAsync(new RunArguments(), cancellation));

        ParseResult parsed = root.Parse(arguments);
        // Ctrl-C needs time to end the processes and to write what there is.
        var configuration = new InvocationConfiguration
        {
            ProcessTerminationTimeout = TimeSpan.FromSeconds(20),
            EnableDefaultExceptionHandler = false,
        };
        try
        {
            int code = await parsed.InvokeAsync(configuration);
            return parsed.Errors.Count > 0 ? ExitCode.BadArguments : code;
        }
        catch (ArgumentException exception)
        {
            return await ComplainAsync(exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return await ComplainAsync(exception.Message);
        }
    }

    /// <summary>A console that does not break lines at 80 columns where there is no terminal.</summary>
    public static IAnsiConsole CreateConsole()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = 160;
        }

        return console;
    }

    private static async Task<int> ComplainAsync(string message)
    {
        await Console.Error.WriteLineAsync(message);
        return ExitCode.BadArguments;
    }
}
