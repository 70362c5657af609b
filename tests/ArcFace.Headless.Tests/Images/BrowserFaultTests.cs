using System.Diagnostics;
using System.Xml.Linq;

namespace ArcFace.Headless.Tests.Images;

/// <summary>What becomes of images when the browser is missing or fails.</summary>
public sealed class BrowserFaultTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData("echo 'no display' >&2; exit 7", "exit code 7: no display")]
    [InlineData("exit 0", "0 images for 1 figures")]
    [InlineData("""echo '<pre id="drawn">[{"png":"i'""", "0 images for 1 figures")]
    [InlineData("""echo '<pre id="drawn">[{"png":"i</pre>'""", "0 images for 1 figures")]
    [InlineData("""echo '<pre id="drawn">[]</pre>'""", "0 images for 1 figures")]
    [InlineData("""echo '<pre id="drawn">[{"error":"a &lt; b"}]</pre>'""", "figure 1 of the notebook cannot be drawn: a < b")]
    public async Task A_browser_that_fails_is_told_of_and_leaves_the_notebook_as_it_was(string script, string message)
    {
        Chromium browser = StandInBrowser.Of(_folder, script);
        NotebookDocument notebook = ExecutedNotebook.WithFigures(_folder, ExecutedNotebook.Figure(""));
        string before = notebook.Json.ToJsonString();

        ChromiumException error = await Assert.ThrowsAsync<ChromiumException>(
            () => FigureImages.AddAsync(notebook, browser, TestContext.Current.CancellationToken));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, notebook.Json.ToJsonString());
    }

    [Fact]
    public async Task A_browser_that_hangs_is_ended_with_the_run()
    {
        Chromium browser = StandInBrowser.Of(_folder, $"echo $$ > '{_folder.At("id")}.new'; mv '{_folder.At("id")}.new' '{_folder.At("id")}'; exec sleep 600");
        NotebookDocument notebook = ExecutedNotebook.WithFigures(_folder, ExecutedNotebook.Figure(""));
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task drawing = FigureImages.AddAsync(notebook, browser, cancellation.Token);
        while (!File.Exists(_folder.At("id")))
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => drawing);
        int id = int.Parse(
            await File.ReadAllTextAsync(_folder.At("id"), TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(id));
    }

    [Fact]
    public async Task A_notebook_without_figures_needs_no_browser()
    {
        Chromium browser = StandInBrowser.Of(_folder, "exit 1");
        NotebookDocument notebook = NotebookDocument.Load(_folder.WriteNotebook("1"));

        Assert.Empty(await FigureImages.AddAsync(notebook, browser, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_run_with_images_stops_before_the_first_notebook_where_the_named_browser_is_missing()
    {
        _folder.WriteNotebook("1");

        (int code, string output, string error) = await HostProcess.RunWithAsync(
            _folder, new() { ["ARCFACE_CHROMIUM"] = "no-such-browser" }, "run", "test.ipynb", "--output", "out", "--images");

        Assert.Equal(ExitCode.BadArguments, code);
        Assert.Contains("ARCFACE_CHROMIUM is 'no-such-browser', and there is no such program", error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public async Task A_run_with_images_says_what_to_install_where_no_browser_is_found()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere installed browsers are found without PATH");
        _folder.WriteNotebook("1");

        (int code, _, string error) = await HostProcess.RunWithAsync(
            _folder, new() { ["ARCFACE_CHROMIUM"] = "", ["PATH"] = _folder.Root }, "run", "test.ipynb", "--output", "out", "--images");

        Assert.Equal(ExitCode.BadArguments, code);
        Assert.Contains("Chromium, Chrome or Edge", error, StringComparison.Ordinal);
        Assert.Contains("ARCFACE_CHROMIUM", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_with_images_puts_them_into_the_notebook_and_into_files()
    {
        string browser = StandInBrowser.Write(_folder, $"cat <<'END'\n{StandInBrowser.Drawn(2)}\nEND");
        WriteNotebookOfTwoFigures();

        (int code, string output, _) = await HostProcess.RunWithAsync(
            _folder, new() { ["ARCFACE_CHROMIUM"] = browser }, "run", "test.ipynb", "--output", "out", "--images");

        Assert.True(code == ExitCode.Passed, output);
        Assert.Equal(Convert.FromBase64String(StandInBrowser.Png), NotebookDocument.Load(_folder.At("out/test.ipynb")).Png(2));
        Assert.Equal(
            ["cell-2-2.png", "cell-2.png"], Directory.GetFiles(_folder.At("out/images/test")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_run_whose_images_cannot_be_drawn_gives_1_keeps_the_notebook_and_says_so_in_the_reports()
    {
        string browser = StandInBrowser.Write(_folder, "echo 'out of memory' >&2; exit 9");
        WriteNotebookOfTwoFigures();

        (int code, string output, _) = await HostProcess.RunWithAsync(
            _folder, new() { ["ARCFACE_CHROMIUM"] = browser }, "run", "test.ipynb", "--output", "out", "--images", "--junit", "junit.xml");

        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("no images", output, StringComparison.Ordinal);
        Assert.Contains("exit code 9: out of memory", output, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.At("out/test.ipynb")));
        XElement suite = XDocument.Load(_folder.At("junit.xml")).Descendants("testsuite").Single();
        Assert.Equal("1", (string?)suite.Attribute("errors"));
        Assert.Contains("out of memory", (string?)suite.Descendants("error").Single().Attribute("message"), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private void WriteNotebookOfTwoFigures()
    {
        string setup = Path.Combine(EveryNotebook.Folder, "setup.dib");
        _folder.WriteNotebook(
            $"#!import {setup}",
            "using ArcFace.Notebooks.Charts; using ArcFace.Notebooks;\nFigure.Titled(\"one\").Show(); Figure.Titled(\"two\").Show();");
    }
}
