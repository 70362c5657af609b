using System.CommandLine.Parsing;

namespace ArcFace.Headless.Commands;

/// <summary><c>run</c>: runs notebooks one after the other, and writes and reports what came of it.</summary>
internal static class RunCommand
{
    private const int LongestTimeout = 1_000_000;

    public static Command Create()
    {
        Argument<string[]> paths = NotebookFiles.Argument();
        Option<string?> output = CommandLine.Option("--output", "DIR", "The folder for the executed notebooks. Without it: artifacts/notebooks.");
        var images = new Option<bool>("--images")
        {
            Description = "Give every figure an image, which all viewers show, and also leave the images in the folder images. Needs Chromium, "
                + $"Chrome or Edge, found by itself or through {Chromium.Variable}.",
        };
        var timeout = new Option<TimeSpan?>("--timeout")
        {
            Description = "How long a notebook may take, in seconds; those in which it waits count a quarter. [default: 300]",
            HelpName = "SECONDS",
            CustomParser = ParseTimeout,
        };
        Option<string?> junit = CommandLine.Option("--junit", "FILE", "Also write a JUnit report to this file.");

        var command = new Command("run", "Runs notebooks, each in a process of its own. The notebooks themselves are not changed.")
        {
            paths, output, images, timeout, junit,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(paths), parsed.GetValue(output), parsed.GetValue(junit), parsed.GetValue(images), parsed.GetValue(timeout),
            cancellation));
        return command;
    }

    /// <summary>Runs notebooks, and writes the executed ones and the reports.</summary>
    public static async Task<int> RunAsync(
        string[]? paths = null, string? folder = null, string? junit = null, bool withImages = false, TimeSpan? timeout = null,
        CancellationToken cancellation = default)
    {
        IReadOnlyList<NotebookFile> files = NotebookFiles.Find(paths ?? []);
        string output = Path.GetFullPath(folder ?? Path.Combine(Repository.FindRoot() ?? Environment.CurrentDirectory, "artifacts", "notebooks"));
        RefuseToOverwrite(files, output, junit);
        Chromium? browser = withImages ? Chromium.Find() : null;
        NotebookRunOptions options = timeout is { } limit ? new() { Timeout = limit } : new();
        var reports = new List<NotebookReport>();
        foreach (NotebookFile file in files.TakeWhile(_ => !cancellation.IsCancellationRequested))
        {
            Log.WriteLine(file.Name);
            reports.Add(await RunOneAsync(file, output, options, browser, cancellation));
            LineDisplay.NotebookEnded(reports[^1]);
        }

        try
        {
            if (junit is not null)
            {
                JUnitReport.Save(junit, reports);
            }
        }
        finally
        {
            Summary.Write(reports, output);
        }

        return cancellation.IsCancellationRequested ? ExitCode.Interrupted
            : reports.Any(report => report.ExitCode == ExitCode.BadArguments) ? ExitCode.BadArguments
            : reports.Max(report => report.ExitCode);
    }

    // Links may lead from the output folder to the notebooks themselves.
    private static void RefuseToOverwrite(IReadOnlyList<NotebookFile> files, string output, string? junit)
    {
        HashSet<string> sources = [.. files.Select(file => RealPath.OfNewFile(file.Path)), .. files.Select(file => RealPath.Of(file.Path))];
        if (files.FirstOrDefault(file => sources.Contains(RealPath.OfNewFile(Path.Combine(output, file.Name)))) is { } overwritten)
        {
            throw new ArgumentException($"'{overwritten.Path}' would be overwritten: choose another folder with --output.");
        }

        ArgumentException.ThrowIf(junit is not null && (Path.GetExtension(junit) == ".ipynb" || sources.Contains(RealPath.OfNewFile(junit))),
            $"'{junit}' is a notebook: choose another file with --junit.");
    }

    private static async Task<NotebookReport> RunOneAsync(
        NotebookFile file, string output, NotebookRunOptions options, Chromium? browser, CancellationToken cancellation)
    {
        NotebookResult? result = null;
        (string, string)? problem = null;
        try
        {
            result = await NotebookRunner.RunAsync(file.Path, options, new LineDisplay(), cancellation);
            problem = browser is null ? null : await AddImagesAsync(file, output, result.Notebook, browser, cancellation);
            result.Notebook.Save(Path.Combine(output, file.Name));
        }
        catch (NotebookFormatException exception)
        {
            problem = ("unreadable", exception.Problem);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = ("not written", $"cannot be written: {exception.Message}");
        }
        catch (Exception exception)
        {
            // Whatever it is, it must not cost the other notebooks.
            problem = ("error", $"cannot be run: {exception}");
        }

        return new NotebookReport(file.Name, result, problem);
    }

    /// <returns>Why there are no images, or null.</returns>
    private static async Task<(string, string)?> AddImagesAsync(
        NotebookFile file, string output, NotebookDocument notebook, Chromium browser, CancellationToken cancellation)
    {
        try
        {
            string folder = Path.Combine(output, "images", Path.ChangeExtension(file.Name, null));
            foreach (FigureImage image in await FigureImages.AddAsync(notebook, browser, cancellation))
            {
                // A notebook may come from anywhere, and an id must not lead out of the folder.
                string cell = image.Cell.HasValidId ? image.Cell.Id! : $"cell-{image.Cell.Position}";
                OutputFile.Write(Path.Combine(folder, image.Number == 1 ? $"{cell}.png" : $"{cell}-{image.Number}.png"), image.Png);
            }
        }
        catch (Exception exception) when (exception is ChromiumException or IOException or UnauthorizedAccessException)
        {
            return ("no images", exception.Message);
        }
        catch (OperationCanceledException)
        {
            // The run itself tells of it; the notebook is kept as it is.
        }

        return null;
    }

    private static TimeSpan? ParseTimeout(ArgumentResult result)
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0.001 and <= LongestTimeout)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        result.AddError($"--timeout is '{text}'; it must be a number of seconds, at most {LongestTimeout}.");
        return null;
    }
}
