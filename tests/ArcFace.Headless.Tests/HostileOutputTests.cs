using System.Xml.Linq;

namespace ArcFace.Headless.Tests;

/// <summary>Places that cannot be written, and ones that must not be.</summary>
public sealed class HostileOutputTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task A_notebook_that_cannot_be_written_is_told_of_and_the_others_are_written()
    {
        Write("in/a.ipynb");
        Write("in/b.ipynb");
        Directory.CreateDirectory(_folder.At("out/a.ipynb/not-empty"));

        (int code, string output, _) = await HostProcess.RunAsync(_folder, "run", "in", "--output", "out", "--junit", "junit.xml");

        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("a.ipynb: cannot be written", output, StringComparison.Ordinal);
        Assert.Equal("2", NotebookDocument.Load(_folder.At("out/b.ipynb")).ResultText(1));
        Assert.Single(XDocument.Load(_folder.At("junit.xml")).Descendants("error"));
        Assert.Equal(["b.ipynb"], Directory.GetFiles(_folder.At("out")).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("/proc/out")]
    [InlineData("file/out")]
    [InlineData(LongName)]
    public async Task An_output_folder_that_cannot_be_made_is_told_of_and_the_report_is_written(string output)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "/proc is a folder of Linux");
        _folder.Write("file", "");
        _folder.WriteText("a.ipynb");

        (int code, string log, _) = await HostProcess.RunAsync(_folder, "run", "a.ipynb", "--output", output, "--junit", "junit.xml");

        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("a.ipynb: cannot be written", log, StringComparison.Ordinal);
        XElement suite = Assert.Single(XDocument.Load(_folder.At("junit.xml")).Descendants("testsuite"));
        Assert.Equal(("1", "1"), ((string?)suite.Attribute("tests"), (string?)suite.Attribute("errors")));
    }

    [Theory]
    [InlineData(".")]
    [InlineData("a.ipynb/junit.xml")]
    [InlineData(LongName)]
    public async Task A_report_that_cannot_be_written_costs_neither_notebooks_nor_summary(string junit)
    {
        _folder.WriteText("a.ipynb");

        (int code, string output, string error) = await HostProcess.RunAsync(
            _folder, "run", "a.ipynb", "--output", "out", "--junit", junit);

        Assert.Equal(ExitCode.BadArguments, code);
        Assert.NotEmpty(error);
        Assert.Contains("1 of 1 notebooks passed", output, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.At("out/a.ipynb")));
    }

    [Fact]
    public async Task A_full_disk_under_the_log_costs_nothing_but_the_log()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "a device of Linux");
        Write("a.ipynb");

        (int code, _, _) = await HostProcess.RunThroughAsync(_folder, "", "run a.ipynb --output out --junit junit.xml > /dev/full");

        Assert.Equal(ExitCode.Passed, code);
        Assert.True(File.Exists(_folder.At("out/a.ipynb")));
        Assert.Single(XDocument.Load(_folder.At("junit.xml")).Descendants("testcase"));
    }

    [Fact]
    public void A_full_disk_leaves_the_file_that_was_there()
    {
        string path = _folder.Write("n.txt", "before");

        Assert.Throws<IOException>(() => Documents.OutputFile.Write(path, stream =>
        {
            stream.WriteByte(1);
            throw new IOException("no space left");
        }));

        Assert.Equal("before", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Root));
    }

    [Theory]
    [InlineData("run in --output link")]
    [InlineData("run in/a.ipynb --output link")]
    [InlineData("run link --output in")]
    [InlineData("run in/named.txt --output link/../in")]
    [InlineData("run in --output out --junit in/a.ipynb")]
    [InlineData("run in --output out --junit link/a.ipynb")]
    [InlineData("run in/named.txt --output out --junit link/named.txt")]
    [InlineData("run in --output out --junit other.ipynb")]
    public async Task What_would_overwrite_a_notebook_is_refused(string arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "makes a link");
        string path = _folder.WriteText("in/a.ipynb");
        File.Copy(path, _folder.At("in/named.txt"));
        Directory.CreateSymbolicLink(_folder.At("link"), "in");
        string before = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);

        (int code, _, string error) = await HostProcess.RunAsync(_folder, arguments.Split(' '));

        Assert.Equal(ExitCode.BadArguments, code);
        Assert.NotEmpty(error);
        Assert.Equal(before, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        Assert.Equal(["a.ipynb", "named.txt"], Directory.GetFiles(_folder.At("in")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task The_log_has_a_line_for_an_error_without_commands_to_a_terminal_or_a_build_server()
    {
        _folder.WriteNotebook(
            "in/a\n::error::name.ipynb",
            Notebooks.WithCells([Notebooks.Code(
                """throw new Exception("\u001b[31mred\u009b2J\n::error::injected\r\n##[error]x ##vso[task]\u202e" + new string('x', 9_000));""")]));

        (_, string output, _) = await HostProcess.RunAsync(_folder, "run", "in", "--output", "out");

        Assert.DoesNotMatch(@"(?m)^\s*::", output);
        Assert.DoesNotContain("::error::", output, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"##\w*\[|[\u001b\u009b\u202e]", output);
        Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, 2_100));
        Assert.Contains("red 2J", Assert.Single(output.Split('\n'), line => line.StartsWith("a : :", StringComparison.Ordinal)
            && line.Contains("cell 1", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private const string LongName =
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        + "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

    private string Write(string name) => _folder.WriteNotebook(name, Notebooks.WithCells([Notebooks.Code("1 + 1")]));
}
