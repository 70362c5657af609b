using System.Diagnostics;
using ArcFace.Headless.Book;

namespace ArcFace.Headless.Commands;

/// <summary><c>book</c>: makes a site of the series that needs neither kernel nor network.</summary>
internal static class BookCommand
{
    public static Command Create()
    {
        Option<string?> output = CommandLine.Option(
            "--output", "DIR", "The folder for the site, which is replaced whole. Without it: artifacts/book.");
        Option<string?> executed = CommandLine.Option(
            "--executed", "DIR", "Take the executed notebooks from this folder, where 'run --output' has left them, instead of running the series.");
        Option<string?> repository = CommandLine.Option("--repository", "URL", "The repository's address in the web, for links to notebooks.");
        var command = new Command("book", "Makes a site of the series with docfx: the notebooks with their outputs, and the library's reference.") { output, executed, repository };
        command.SetAction((parsed, cancellation) =>
            RunAsync(parsed.GetValue(output), parsed.GetValue(executed), parsed.GetValue(repository), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string? output, string? executed, string? repository, CancellationToken cancellation)
    {
        var time = Stopwatch.StartNew();
        string root = Repository.FindRoot() ?? throw new ArgumentException("The book is made in the repository of the notebooks (no ArcFaceNotebooks.sln here or above).");
        string site = Path.GetFullPath(output ?? Path.Combine(root, "artifacts", "book"));
        RefuseToReplace(site);
        string work = $"{site}.{Guid.NewGuid():N}.tmp";
        try
        {
            var docfx = new Docfx(root);
            await docfx.RequireAsync(cancellation);
            Chromium? browser = FindBrowser();
            int code = ExitCode.Passed;
            if (executed is null)
            {
                executed = Path.Combine(root, "artifacts", "notebooks");
                code = await RunCommand.RunAsync(folder: executed, withImages: browser is not null, cancellation: cancellation);
                cancellation.ThrowIfCancellationRequested();
            }

            string[] problems = await MakeAsync(root, work, executed, repository, docfx, browser, cancellation);
            string made = Path.Combine(work, "site");
            long size = BookSite.SizeOf(made);
            Replace(site, made);
            Array.ForEach(problems, Log.WriteLine);
            Log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{size / 1048576.0:0.0} MB in {time.Elapsed.TotalSeconds:0} s, {problems.Length} problems: {site}"));
            Log.WriteLine($"To read it: dotnet tool run docfx -- serve {Path.GetRelativePath(Environment.CurrentDirectory, site)}");
            return code != ExitCode.Passed ? code : problems.Length > 0 ? ExitCode.Failed : ExitCode.Passed;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        finally
        {
            Remove(work);
        }
    }

    private static async Task<string[]> MakeAsync(
        string root, string work, string executed, string? repository, Docfx docfx, Chromium? browser, CancellationToken cancellation)
    {
        var problems = new List<string>();

        // A notebook without an executed copy of what it says today has a page without outputs.
        async Task<NotebookDocument> Load(string name)
        {
            NotebookDocument notebook = NotebookDocument.Load(Path.Combine(root, "notebooks", name));
            try
            {
                NotebookDocument copy = NotebookDocument.Load(Path.Combine(executed, name));
                if (!copy.Cells.Select(cell => cell.Source).SequenceEqual(notebook.Cells.Select(cell => cell.Source)))
                {
                    throw new NotebookFormatException(copy.Path, "is of another state of the notebook: run it again");
                }

                notebook = copy;
                _ = browser is null ? [] : await FigureImages.AddAsync(notebook, browser, cancellation);
            }
            catch (Exception exception) when (exception is NotebookFormatException or ChromiumException)
            {
                problems.Add($"{name}: {exception.Message}");
            }

            return notebook;
        }

        var notebooks = new List<(NotebookFile, NotebookDocument, NotebookDocument?)>();
        foreach (NotebookFile file in NotebookFiles.Find([Path.Combine(root, "notebooks")]).Where(file => !file.Name.Contains('/')))
        {
            string solutions = $"solutions/{file.Name}";
            notebooks.Add((file, await Load(file.Name), File.Exists(Path.Combine(root, "notebooks", solutions)) ? await Load(solutions) : null));
        }

        var source = new BookSource(root, work, repository);
        source.WriteSettings(Assemblies(root));
        string settings = Path.Combine(work, "docfx.json"), site = Path.Combine(work, "site");
        await docfx.RunAsync("metadata", settings, cancellation);
        source.WritePages(notebooks);
        await docfx.RunAsync("build", settings, cancellation);
        BookSite.Clean(site);
        string[] machine = [root, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), work];
        return [.. problems, .. BookSite.Problems(site, [.. machine.Where(folder => folder.Length > 1)])];
    }

    // Beside the library for notebooks, which this program has built first, in the same configuration.
    private static string Assemblies(string root)
    {
        string[] configuration = AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)[^3..];
        string folder = Path.Combine([root, "lib", "ArcFace.Notebooks", .. configuration]);
        return File.Exists(Path.Combine(folder, "ArcFace.Faces.xml")) ? folder : throw new ArgumentException($"The library is not built (no ArcFace.Faces.xml in '{folder}'): run 'dotnet build'.");
    }

    private static Chromium? FindBrowser()
    {
        try
        {
            return Chromium.Find();
        }
        catch (ChromiumException)
        {
            Log.WriteLine("No Chromium, Chrome or Edge here: readers without scripts see a sentence in the place of each figure.");
            return null;
        }
    }

    private static void RefuseToReplace(string site)
    {
        bool isFree = !Path.Exists(site) || (Directory.Exists(site) && !Directory.EnumerateFileSystemEntries(site).Any());
        bool isBook = File.Exists(Path.Combine(site, "public", "docfx.min.js"));
        ArgumentException.ThrowIf(!isFree && !isBook, $"'{site}' is there and is no book: choose another folder with --output.");
    }

    // The new site takes the old one's place whole.
    private static void Replace(string site, string made)
    {
        string old = $"{site}.{Guid.NewGuid():N}.old";
        if (Directory.Exists(site))
        {
            Directory.Move(site, old);
        }

        Directory.Move(made, site);
        Remove(old);
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
