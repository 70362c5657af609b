using System.CommandLine;
using System.CommandLine.Help;
using System.Runtime.InteropServices;
using ArcFace.Headless.Reporting;
using Spectre.Console;

namespace ArcFace.Headless.Commands;

/// <summary>The program as its user sees it.</summary>
internal static class CommandLine
{
    private const string Description = """
        Runs C# notebooks without an editor, and checks that they keep the rules of the series.

        Without a command, every notebook in notebooks/ and notebooks/solutions/ is run, and the executed notebooks are
        written to artifacts/notebooks. A cell that fails does not keep the next ones from running; a cell with the tag
        raises-exception must fail.
        """;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var root = new RootCommand(Description) { RunCommand.Create(), CheckCommand.Create(), ScriptCommand.Create() };
        root.SetAction((_, cancellation) => RunCommand.RunAsync(new RunArguments(), cancellation));

        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithExamples((HelpAction)help.Action!);
        }

        ParseResult parsed = root.Parse(arguments);
        // Ctrl-C needs time to end the processes and to write what there is.
        var configuration = new InvocationConfiguration
        {
            ProcessTerminationTimeout = TimeSpan.FromSeconds(20),
            EnableDefaultExceptionHandler = false,
        };
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }

        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Stop);
        try
        {
            int code = await parsed.InvokeAsync(configuration, stop.Token);
            return parsed.Errors.Count > 0 ? ExitCode.BadArguments : code;
        }
        catch (Exception exception) when (exception is ArgumentException or ChromiumException or IOException or UnauthorizedAccessException)
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
        await Console.Error.WriteLineAsync(Log.Clean(message));
        return ExitCode.BadArguments;
    }
}
