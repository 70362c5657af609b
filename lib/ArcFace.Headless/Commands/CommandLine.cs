using System.CommandLine;
using System.CommandLine.Help;
using System.Runtime.InteropServices;
using ArcFace.Headless.Reporting;

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
        var root = new RootCommand(Description) { RunCommand.Create(), CheckCommand.Create(), ScriptCommand.Create(), BookCommand.Create() };
        root.SetAction((_, cancellation) => RunCommand.RunAsync(cancellation: cancellation));

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
        catch (Exception exception) when (exception is ArgumentException or NotebookFormatException or ChromiumException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(Log.Clean(exception.Message));
            return ExitCode.BadArguments;
        }
    }
}
