using System.CommandLine.Help;
using System.CommandLine.Invocation;

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

    private const string Notes = """
        Examples (after 'dotnet run --project lib/ArcFace.Headless --'):
          run notebooks/01-logistic-regression.ipynb     one notebook
          run notebooks/solutions --timeout 60           a folder, a minute for each notebook
          run --images                                   everything, with images that GitHub and every viewer show
          run --junit artifacts/notebooks.xml            everything, with a report for a build server
          check                                          the rules, without running anything
          script notebooks/07-arcface.ipynb              a C# program of it, for 'dotnet run'
          book                                           a site of the series and the library's reference

        Exit codes:
          0    everything passed
          1    a cell failed, a rule is broken, or figures could not be drawn
          2    wrong arguments, or a notebook that cannot be read
          3    a notebook took longer than allowed
          130  stopped with Ctrl-C
        """;

    /// <summary>An option that takes a value.</summary>
    public static Option<string?> Option(string name, string value, string description) => new(name) { HelpName = value, Description = description };

    public static async Task<int> RunAsync(string[] arguments)
    {
        var root = new RootCommand(Description) { RunCommand.Create(), CheckCommand.Create(), ScriptCommand.Create(), BookCommand.Create() };
        root.SetAction((_, cancellation) => RunCommand.RunAsync(cancellation: cancellation));

        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithNotes((HelpAction)help.Action!);
        }

        ParseResult parsed = root.Parse(arguments);
        // Ctrl-C needs time to end the processes and to write what there is.
        var settings = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(20), EnableDefaultExceptionHandler = false };
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
            int code = await parsed.InvokeAsync(settings, stop.Token);
            return parsed.Errors.Count > 0 ? ExitCode.BadArguments : code;
        }
        catch (Exception exception) when (exception is ArgumentException or NotebookFormatException or ChromiumException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(Log.Clean(exception.Message));
            return ExitCode.BadArguments;
        }
    }

    private sealed class HelpWithNotes(HelpAction usual) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            int code = usual.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.WriteLine(Notes);
            return code;
        }
    }
}
