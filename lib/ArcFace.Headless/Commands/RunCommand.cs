using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using ArcFace.Headless.Reporting;
using Spectre.Console;

namespace ArcFace.Headless.Commands;

/// <summary><c>run</c>: runs notebooks one after the other, and writes and reports what came of it.</summary>
internal static class RunCommand
{
    private const int LongestTimeout = 1_000_000;

    public static Command Create()
    {
        var paths = new Argument<string[]>("paths")
        {
            Description = "Notebooks, or folders with notebooks. Without any: the whole series.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var output = new Option<string?>("--output")
        {
            Description = "The folder for the executed notebooks. Without it: artifacts/notebooks.",
            HelpName = "DIR",
        };
        var images = new Option<bool>("--images")
        {
            Description = "Give every figure an image, which all viewers show, and also leave the images in the folder images. Needs Chromium, "
                + $"Chrome or Edge, found by itself or through {Chromium.Variable}.",
        };
        var timeout = new Option<TimeSpan>("--timeout")
        {
            Description = "How long a notebook may take, in seconds. [default: 300]",
            HelpName = "SECONDS",
            CustomParser = ParseTimeout,
        };
        var junit = new Option<string?>("--junit") { Description = "Also write a JUnit report to this file.", HelpName = "FILE" };

        var command = new Command("run", "Runs notebooks, each in a process of its own. The notebooks themselves are not changed.")
        {
            paths, output, images, timeout, junit,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var defaults = new NotebookRunOptions();
            var arguments = new RunArguments
            {
                Paths = parsed.GetValue(paths) ?? [],
                Output = parsed.GetValue(output),
                Images = parsed.GetValue(images),
                Options = parsed.GetResult(timeout) is null ? defaults : defaults with { Timeout = parsed.GetValue(timeout) },
                JUnit = parsed.GetValue(junit),
            };
            return RunAsync(arguments, cancellation);
        });
        return command;
    }

    public static async Task<int> RunAsync(RunArguments arguments, CancellationToken cancellation)
    {
        IReadOnlyList<NotebookFile> files = NotebookFiles.Find(arguments.Paths);
        string output = Path.GetFullPath(
            arguments.Output ?? Path.Combine(Repository.FindRoot() ?? Environment.CurrentDirectory, "artifacts", "notebooks"));
        if (files.FirstOrDefault(file => TargetOf(file, output) == file.Path) is { } overwritten)
        {
            throw new ArgumentException($"'{overwritten.Path}' would be overwritten: choose another folder with --output.");
        }

        Chromium? browser = arguments.Images ? Chromium.Find() : null;
        IAnsiConsole console = CommandLine.CreateConsole();
        var reports = new List<NotebookReport>();
        await ProgressDisplay.ShowAsync(console, files, async display =>
        {
            foreach (NotebookFile file in files)
            {
                if (cancellation.IsCancellationRequested)
                {
                    break;
                }

                reports.Add(await RunOneAsync(file, output, arguments.Options, browser, display, cancellation));
            }
        });

        Summary.Write(console, reports, output);
        if (arguments.JUnit is not null)
        {
            JUnitReport.Save(arguments.JUnit, reports);
        }

        return CodeFor(reports, cancellation);
    }

    private static async Task<NotebookReport> RunOneAsync(
        NotebookFile file, string output, NotebookRunOptions options, Chromium? browser, IProgressDisplay display, CancellationToken cancellation)
    {
        display.NotebookStarted(file);
        NotebookReport report;
        try
        {
            NotebookResult result = await NotebookRunner.RunAsync(file.Path, options, display, cancellation);
            string? problem = browser is null ? null : await AddImagesAsync(file, output, result.Notebook, browser, cancellation);
            result.Notebook.Save(TargetOf(file, output));
            report = new NotebookReport(file.Name, result, problem);
        }
        catch (NotebookFormatException exception)
        {
            report = new NotebookReport(file.Name, null, exception.Problem);
        }

        display.NotebookEnded(report);
        return report;
    }

    /// <returns>Why there are no images, or null.</returns>
    private static async Task<string?> AddImagesAsync(
        NotebookFile file, string output, NotebookDocument notebook, Chromium browser, CancellationToken cancellation)
    {
        try
        {
            ImageFiles.Save(output, file, await FigureImages.AddAsync(notebook, browser, cancellation));
            return null;
        }
        catch (ChromiumException exception)
        {
            return exception.Message;
        }
        catch (OperationCanceledException)
        {
            // The run itself tells of it; the notebook is kept as it is.
            return null;
        }
    }

    private static TimeSpan ParseTimeout(ArgumentResult result)
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            && seconds is >= 0.001 and <= LongestTimeout)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        result.AddError($"--timeout is '{text}'; it must be a number of seconds, at most {LongestTimeout}.");
        return default;
    }

    private static string TargetOf(NotebookFile file, string output) => Path.GetFullPath(Path.Combine(output, file.Name));

    private static int CodeFor(List<NotebookReport> reports, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }

        if (reports.Any(report => report.Result is null))
        {
            return ExitCode.BadArguments;
        }

        return reports.Max(report => report.Result!.Outcome switch
        {
            NotebookOutcome.Passed when report.Problem is not null => ExitCode.Failed,
            NotebookOutcome.Passed => ExitCode.Passed,
            NotebookOutcome.TimedOut => ExitCode.TimedOut,
            _ => ExitCode.Failed,
        });
    }
}
