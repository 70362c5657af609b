using System.Diagnostics;
using System.Xml.Linq;

namespace ArcFace.Headless.Tests;

/// <summary>The program as its user meets it: exit codes, files, messages.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Notebooks_that_pass_give_0_and_lie_executed_in_the_output_folder()
    {
        _folder.WriteNotebook("in/a.ipynb", Notebooks.WithCells([Notebooks.Code("1")]));
        _folder.WriteNotebook("in/solutions/a.ipynb", Notebooks.WithCells([Notebooks.Code("2")]));

        (int code, string output, _) = await HostProcess.RunAsync(_folder, "run", "in", "--output", "out");

        Assert.Equal(ExitCode.Passed, code);
        Assert.Equal("1", NotebookDocument.Load(_folder.At("out/a.ipynb")).ResultText(1));
        Assert.Equal("2", NotebookDocument.Load(_folder.At("out/solutions/a.ipynb")).ResultText(1));
        Assert.Contains("2 of 2 notebooks passed", output, StringComparison.Ordinal);
        Assert.Matches(@"solutions/a\.ipynb \|\s+1/1 \|\s+[\d.]+ \| passed", output);
    }

    [Fact]
    public async Task A_failing_cell_gives_1_names_notebook_cell_line_and_error_and_stands_in_a_valid_junit_report()
    {
        _folder.WriteNotebook(
            "Console.Write(\"\\u0001\\u001b[31m \" + '\\ud800' + \"]]> 😀\");",
            "\nthrow new Exception(\"<bad> \\u0002\");");

        (int code, string output, _) = await HostProcess.RunAsync(_folder,
            "run", "test.ipynb", "--output", "out", "--junit", "report/junit.xml");

        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("test.ipynb, cell 2 (cell-2), line 2: System.Exception: <bad>", output, StringComparison.Ordinal);
        XElement suite = Assert.Single(XDocument.Load(_folder.At("report/junit.xml")).Root!.Elements("testsuite"));
        Assert.Equal("test.ipynb", (string?)suite.Attribute("name"));
        Assert.Equal("2", (string?)suite.Attribute("tests"));
        Assert.Equal("1", (string?)suite.Attribute("failures"));
        XElement[] cases = [.. suite.Elements("testcase")];
        Assert.Contains("]]> 😀", (string?)cases[0].Element("system-out"), StringComparison.Ordinal);
        string? failure = (string?)cases[1].Element("failure")?.Attribute("message");
        Assert.Contains("cell 2 (cell-2), line 2: System.Exception: <bad>", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unreadable_notebook_gives_2_and_does_not_keep_the_others_from_running()
    {
        _folder.Write("a.ipynb", "no notebook");
        _folder.WriteText("b.ipynb");

        (int code, string output, _) = await HostProcess.RunAsync(_folder,
            "run", "a.ipynb", "b.ipynb", "--output", "out", "--junit", "junit.xml");

        Assert.Equal(ExitCode.BadArguments, code);
        Assert.Contains("a.ipynb: is not JSON", output, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.At("out/b.ipynb")));
        Assert.Single(XDocument.Load(_folder.At("junit.xml")).Descendants("error"));
    }

    [Fact]
    public async Task A_notebook_that_takes_too_long_gives_3()
    {
        _folder.WriteNotebook("while (true) { }");

        (int code, string output, _) = await HostProcess.RunAsync(_folder, "run", "test.ipynb", "--output", "out", "--timeout", "1.5");

        Assert.Equal(ExitCode.TimedOut, code);
        Assert.Contains("longer than 1.5 s", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "missing.ipynb")]
    [InlineData("run", "test.ipynb", "--output", ".")]
    [InlineData("run", "--timeout", "0")]
    [InlineData("run", "--timeout", "soon")]
    [InlineData("run", "--unknown")]
    [InlineData("unknown")]
    [InlineData("check", "missing.ipynb")]
    [InlineData("worker")]
    public async Task Wrong_arguments_give_2_and_a_message(params string[] arguments)
    {
        string path = _folder.WriteNotebook("1");
        string before = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);

        (int code, _, string error) = await HostProcess.RunAsync(_folder, arguments);

        Assert.Equal(ExitCode.BadArguments, code);
        Assert.NotEmpty(error);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Help_names_options_examples_and_exit_codes()
    {
        (int code, string output, _) = await HostProcess.RunAsync(_folder, "run", "--help");

        Assert.Equal(ExitCode.Passed, code);
        string[] parts = ["--output", "--timeout", "--junit", "Examples", "Exit codes"];
        Assert.All(parts, part => Assert.Contains(part, output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_gives_1_for_a_broken_rule_and_2_for_an_unreadable_notebook()
    {
        _folder.WriteNotebook("broken.ipynb", Notebooks.WithCells([Notebooks.Code("1")]));
        _folder.WriteNotebook("good.ipynb", Notebooks.WithCells([Notebooks.Code(Notebooks.Import)]));
        _folder.Write("bad.ipynb", "[]");

        Assert.Equal(ExitCode.Passed, (await HostProcess.RunAsync(_folder, "check", "good.ipynb")).ExitCode);
        (int code, string output, _) = await HostProcess.RunAsync(_folder, "check", "broken.ipynb");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("broken.ipynb, cell 1: the first code cell must be", output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadArguments, (await HostProcess.RunAsync(_folder, "check", ".")).ExitCode);
    }

    [Fact]
    public async Task A_check_of_a_folder_called_notebooks_also_holds_lengths_and_that_no_method_is_written_twice()
    {
        string[] long1 = [.. Enumerable.Range(0, 31).Select(i => $"// {i}")];
        string wide = "// " + new string('x', 118);
        foreach (string place in (string[])["elsewhere", "notebooks"])
        {
            Directory.CreateDirectory(_folder.At(place));
            _folder.WriteNotebook($"{place}/one.ipynb", Notebooks.WithCells([Notebooks.Code(Notebooks.Import), Notebooks.Code(string.Join('\n', long1)), Notebooks.Code("double Half(double x) => x / 2;")]));
            _folder.WriteNotebook($"{place}/two.ipynb", Notebooks.WithCells([Notebooks.Code(Notebooks.Import), Notebooks.Code(wide), Notebooks.Code("{ void Inner() { } }\ndouble Half(double x)\n{\n    return 0.5 * x;\n}")]));
        }

        Assert.Equal(ExitCode.Passed, (await HostProcess.RunAsync(_folder, "check", "elsewhere")).ExitCode);
        (int code, string output, _) = await HostProcess.RunAsync(_folder, "check", "notebooks");
        Assert.Equal(ExitCode.Failed, code);
        string[] found =
        [
            "one.ipynb: has 3 cells; 15 to 40", "one.ipynb, cell 2: has 31 lines", "two.ipynb, cell 2: line 1: 121 characters",
            "one.ipynb, cell 3: writes the method 'double Half(double)', as two.ipynb does", "two.ipynb, cell 3: writes the method 'double Half(double)', as one.ipynb does", "6 findings",
        ];
        Assert.All(found, part => Assert.Contains(part, output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ctrl_C_ends_the_worker_writes_what_there_is_and_gives_130()
    {
        Signals.SkipWhenIgnored(Signals.Interrupt);
        _folder.WriteNotebook("Console.Write(Environment.ProcessId);", "while (true) { }");

        using Process host = HostProcess.Start(_folder, "run", "test.ipynb", "--output", "out");
        string? line;
        do
        {
            line = await host.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        }
        while (line?.Contains("cell  1/2", StringComparison.Ordinal) != true || line.Contains("started", StringComparison.Ordinal));

        Assert.Equal(0, Signals.Send(host.Id, Signals.Interrupt));
        string rest = await host.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await host.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Interrupted, host.ExitCode);
        Assert.Contains("interrupted", rest, StringComparison.Ordinal);
        NotebookDocument executed = NotebookDocument.Load(_folder.At("out/test.ipynb"));
        int worker = int.Parse(executed.Stream(1), System.Globalization.CultureInfo.InvariantCulture);
        Assert.NotEqual(0, Signals.Send(worker, 0));
        Assert.Equal(["test.ipynb"], Directory.GetFiles(_folder.At("out")).Select(Path.GetFileName));
    }

    public void Dispose() => _folder.Dispose();
}
