using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace ArcFace.Headless.Tests;

/// <summary>Files and folders that are not what they seem: each is reported, and the notebooks beside them run.</summary>
public sealed class HostileFileTests : IDisposable
{
    private const string Good = "z-good.ipynb";
    private const string Cell = """{"cell_type": "code", "metadata": {}, "source": "1 + 1", "outputs": []}""";
    private const string TextCell = """{"cell_type": "markdown", "metadata": {}, "source": "Text"}""";

    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData("not json", "is not JSON: line 1")]
    [InlineData("{\"cells\":", "is not JSON")]
    [InlineData("[]", "no list of cells")]
    [InlineData("""{"nbformat": 3, "cells": [1]}""", "format 3")]
    [InlineData("""{"nbformat": 4, "cells": []}""", "has no cells")]
    [InlineData("""{"nbformat": 4, "cells": [{"source": "1"}]}""", "cell 1 has no cell_type")]
    [InlineData("""{"nbformat": 4, "cells": [{"cell_type": "code"}]}""", "cell 1 has no source")]
    [InlineData("""{"nbformat": 4, "cells": [{"cell_type": "code", "source": 7}]}""", "is not a notebook")]
    [InlineData("""{"nbformat": "4", "cells": [1]}""", "is not a notebook")]
    public async Task A_file_that_is_no_notebook_is_refused(string text, string problem)
    {
        string path = _folder.Write("bad.ipynb", text);

        var exception = await Assert.ThrowsAsync<NotebookFormatException>(
            () => NotebookRunner.RunAsync(path, cancellation: TestContext.Current.CancellationToken));

        Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_cannot_be_read_are_told_of_and_the_others_run()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "makes a pipe and links");
        var problems = new Dictionary<string, string>
        {
            [Bad("metadata-is-a-list", """{"nbformat": 4, "metadata": [], "cells": [CODE]}""")] = "its metadata is not an object",
            [Bad("cell-metadata-is-a-list", """{"nbformat": 4, "cells": [{"cell_type": "code", "metadata": [], "source": "1"}]}""")] = "metadata of cell 1",
            [Bad("tag-is-a-number", """{"nbformat": 4, "cells": [{"cell_type": "code", "metadata": {"tags": [1]}, "source": "1"}]}""")] = "not a notebook",
            [Bad("half-a-pair-in-an-id", """{"nbformat": 4, "cells": [{"cell_type": "code", "id": "\ud800", "source": "1"}]}""")] = "surrogate",
            [Bad("half-a-pair-in-a-key", """{"nbformat": 4, "metadata": {"a\udc00": 1}, "cells": [CODE]}""")] = "surrogate",
            [Bad("half-a-pair-in-a-value", """{"nbformat": 4, "metadata": {"a": {"b": ["\ud800"]}}, "cells": [CODE]}""")] = "surrogate",
            [Bad("key-twice-in-metadata", """{"nbformat": 4, "metadata": {"a": {"b": 1, "b": 2}}, "cells": [CODE]}""")] = "not JSON",
            [Bad("key-twice-in-a-cell", """{"nbformat": 4, "cells": [{"cell_type": "code", "source": "1", "source": "2"}]}""")] = "not JSON",
            [Bad("too-deep", new string('[', 500) + new string(']', 500))] = "not JSON",
            [Bad("too-large", $$"""{"nbformat": 4, "metadata": {"a": "{{new string('x', 33 << 20)}}"}, "cells": [CODE]}""")] = "at most 32 MB",
            [Bad("too-many", $$"""{"nbformat": 4, "cells": [{{string.Concat(Enumerable.Repeat("CODE,", 10_000))}}CODE]}""")] = "at most 10000",
            [Bad("empty", "")] = "empty, or not a plain file",
        };
        File.WriteAllBytes(_folder.At("in/latin-1.ipynb"), [.. "{\"a\": \""u8, 0xe9, .. "\"}"u8]);
        problems["latin-1.ipynb"] = "not UTF-8";
        File.CreateSymbolicLink(_folder.At("in/zero.ipynb"), "/dev/zero");
        problems["zero.ipynb"] = "not a plain file";
        File.CreateSymbolicLink(_folder.At("in/circle.ipynb"), _folder.At("in/circle.ipynb"));
        problems["circle.ipynb"] = "cannot be read";
        using (Process pipe = Process.Start("mkfifo", _folder.At("in/pipe.ipynb")))
        {
            await pipe.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        problems["pipe.ipynb"] = "not a plain file";
        _folder.WriteNotebook("in/" + Good, Notebooks.WithCells([Notebooks.Code("1 + 1")]));

        (int code, string output, _) = await HostProcess.RunAsync(_folder, "run", "in", "--output", "out", "--junit", "junit.xml");

        Assert.Equal(ExitCode.BadArguments, code);
        Assert.All(problems, problem => Assert.Matches($"(?m)^{problem.Key}: .*{problem.Value}", output));
        Assert.Equal("2", NotebookDocument.Load(_folder.At("out/" + Good)).ResultText(1));
        XElement[] suites = [.. XDocument.Load(_folder.At("junit.xml")).Descendants("testsuite")];
        Assert.Equal(problems.Count + 1, suites.Length);
        Assert.Equal(problems.Count, suites.Descendants("error").Count());
        Assert.Equal(ExitCode.BadArguments, (await HostProcess.RunAsync(_folder, "check", "in")).ExitCode);
    }

    [Fact]
    public async Task Folders_that_lead_in_a_circle_are_gone_through_once()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "makes links");
        _folder.WriteText("in/a/good.ipynb");
        Directory.CreateSymbolicLink(_folder.At("in/a/up"), "..");
        Directory.CreateSymbolicLink(_folder.At("in/b"), "a");
        Directory.CreateSymbolicLink(_folder.At("in/self"), "self/self");

        (int code, string output, _) = await HostProcess.RunAsync(_folder, "run", "in", "--output", "out");

        Assert.Equal(ExitCode.Passed, code);
        Assert.Contains("1 of 1 notebooks passed", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_may_not_be_read_is_told_of_and_the_others_run()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/setpriv"), "becomes another user with setpriv");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root may become another user");
        _folder.WriteText("in/" + Good);
        _folder.WriteText("in/closed/a.ipynb");

        (int code, string output, _) = await HostProcess.RunThroughAsync(
            _folder, "chmod 777 . && chmod 0 in/closed && setpriv --reuid 65534 --regid 65534 --clear-groups", "run in --output out");

        Assert.Equal(ExitCode.BadArguments, code);
        Assert.Contains("closed: is a folder that cannot be read", output, StringComparison.Ordinal);
        Assert.Contains("1 of 2 notebooks passed", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cell_that_lacks_an_id_gets_one_that_no_other_has()
    {
        JsonObject notebook = Notebooks.WithCells([Notebooks.Markdown("1"), Notebooks.Markdown("2"), Notebooks.Markdown("3")]);
        notebook["cells"]![0]!["id"] = "cell-2";
        notebook["cells"]![1]!.AsObject().Remove("id");
        notebook["cells"]![2]!["id"] = "cell-2-";

        NotebookResult result = await NotebookRunner.RunAsync(
            _folder.WriteNotebook("n.ipynb", notebook), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(3, result.Notebook.Cells.Select(cell => cell.Id).Distinct().Count());
        Assert.All(result.Notebook.Cells, cell => Assert.NotNull(cell.Id));
    }

    [Fact]
    public async Task Shown_JSON_that_is_none_is_kept_as_text()
    {
        string[] texts = ["""{"a": 1, "a": 2}""", """{"a": "\ud800"}""", """{"a\udc00": 1}""", """{"a":"""];
        string path = _folder.WriteNotebook([.. texts.Select(json =>
            $"using Microsoft.DotNet.Interactive;\nKernelInvocationContext.Current.DisplayAs(\"\"\"\n{json}\n\"\"\", \"application/json\");")]);

        NotebookResult result = await NotebookRunner.RunAsync(path, cancellation: TestContext.Current.CancellationToken);
        result.Notebook.Save(_folder.At("out.ipynb"));

        Assert.Equal(NotebookOutcome.Passed, result.Outcome);
        NotebookDocument saved = NotebookDocument.Load(_folder.At("out.ipynb"));
        Assert.Equal(texts, saved.Cells.Select(cell => (string?)saved.Outputs(cell.Position)[0]!["data"]!["application/json"]));
    }

    [Fact]
    public async Task What_a_notebook_puts_out_is_bounded_as_a_whole()
    {
        const string Numbers = """
            using Microsoft.DotNet.Interactive;
            var numbers = "[" + string.Join(',', Enumerable.Repeat("0", 3_900_000)) + "]";
            KernelInvocationContext.Current.DisplayAs(numbers, "application/json");
            """;
        string[] more = [.. Enumerable.Repeat("""KernelInvocationContext.Current.DisplayAs(numbers, "application/json");""", 5)];
        string[] errors = [.. Enumerable.Repeat("throw new Exception(numbers);", 2)];
        string path = _folder.WriteNotebook([Numbers, .. more, .. errors, "Console.Write(new string('x', 1000));"]);

        using Process host = HostProcess.Start(_folder, "run", path, "--output", "out");
        Task<string> output = host.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        long peak = await PeakMemoryAsync(host);

        Assert.Contains("failed (2 cells)", await output, StringComparison.Ordinal);
        Assert.InRange(new FileInfo(_folder.At("out/test.ipynb")).Length, 1, 40 << 20);
        Assert.Contains("33,554,432 characters", NotebookDocument.Load(_folder.At("out/test.ipynb")).Stream(6, "stderr"), StringComparison.Ordinal);
        Assert.InRange(peak, 1, 700L << 20);
    }

    [Fact]
    public async Task Metadata_of_many_small_values_cost_a_stated_multiple_of_the_file()
    {
        var text = new StringBuilder("""{"nbformat": 4, "nbformat_minor": 5, "metadata": {"a": [0""");
        text.Insert(text.Length, ",0", 8_000_000).Append(CultureInfo.InvariantCulture, $$"""]}, "cells": [{{TextCell}}]}""");
        _folder.Write("large.ipynb", text.ToString());

        using Process host = HostProcess.Start(_folder, "run", "large.ipynb", "--output", "out");
        Task<string> output = host.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        long peak = await PeakMemoryAsync(host);

        Assert.Contains("1 of 1 notebooks passed", await output, StringComparison.Ordinal);
        Assert.InRange(peak, 1, (100L << 20) + (50 * new FileInfo(_folder.At("large.ipynb")).Length));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<long> PeakMemoryAsync(Process host)
    {
        long peak = 0;
        while (!host.HasExited)
        {
            try
            {
                host.Refresh();
                peak = Math.Max(peak, host.WorkingSet64);
            }
            catch (InvalidOperationException)
            {
                break; // it ended just now
            }

            await Task.WhenAny(host.WaitForExitAsync(TestContext.Current.CancellationToken), Task.Delay(20, TestContext.Current.CancellationToken));
        }

        return peak;
    }

    private string Bad(string name, string text)
    {
        _folder.Write($"in/{name}.ipynb", text.Replace("CODE", Cell, StringComparison.Ordinal));
        return $"{name}.ipynb";
    }
}
