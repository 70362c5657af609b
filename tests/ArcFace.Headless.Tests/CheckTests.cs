using System.Text.Json.Nodes;

namespace ArcFace.Headless.Tests;

/// <summary>Each rule, with the smallest notebook that breaks it.</summary>
public sealed class CheckTests : IDisposable
{
    private const string Navigation = "← · [map](README.md) · →";

    private readonly TestFolder _folder = new();

    [Fact]
    public void A_notebook_that_keeps_every_rule_has_no_findings() => Assert.Empty(Check(Good()));

    [Theory]
    [InlineData("display(1);", "display()")]
    [InlineData("HTML(\"<b>\");", "HTML()")]
    [InlineData("Formatter.Register(x);", "Formatter")]
    [InlineData("dynamic x = 1;", "'dynamic'")]
    [InlineData("Console.Error.Write(1);", "Console.Error")]
    [InlineData("System.Console.Error.Write(1);", "Console.Error")]
    [InlineData("namespace N { }", "namespace")]
    [InlineData("static class E { public static int F(this int x) => x; }", "extension method")]
    [InlineData("\nusing var f = File.OpenRead(\"x\");", "line 2: 'using var'")]
    [InlineData("var n = args.Length;", "'args'")]
    [InlineData("#!time\n1", "'#!time' is not allowed")]
    [InlineData("1\n#r \"nuget: X\"", "line 2: '#r \"nuget: X\"' is not allowed")]
    [InlineData("#load \"x.csx\"", "'#load")]
    [InlineData("var s = \"\"\"\n  #!time\n  \"\"\";", "line 2: '#!time'")]
    [InlineData("File.Exists(\"/home/me/x\")", "'/home/me'")]
    [InlineData("File.Exists(@\"C:\\data\")", "'C:\\data'")]
    [InlineData("File.Exists(@\"\\\\server\\share\")", "server")]
    public void Code_that_some_engine_or_machine_refuses_is_found(string code, string part)
    {
        JsonObject notebook = Good();
        Cell(notebook, 3)["source"] = code;

        Finding finding = Assert.Single(Check(notebook));
        Assert.Equal(3, finding.Cell);
        Assert.Contains(part, finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("// see https://example.org/home/page\nvar r = 1.0 / 2;")]
    [InlineData("void F() { using var f = File.OpenRead(\"x\"); }")]
    [InlineData("int Count(string[] args) => args.Length;")]
    [InlineData("using (var f = File.OpenRead(\"x\")) { }")]
    [InlineData("#nullable enable\n#pragma warning disable CS0168\nint x;")]
    public void Code_that_only_looks_like_it_is_left_alone(string code)
    {
        JsonObject notebook = Good();
        Cell(notebook, 3)["source"] = code;

        Assert.Empty(Check(notebook));
    }

    [Fact]
    public void A_formula_is_no_path()
    {
        JsonObject notebook = Good();
        notebook["cells"]![0]!["source"] = $"{Navigation}\n\n$$F:\\mathbb{{R}} \\\\x\\to y, a/b/c$$";

        Assert.Empty(Check(notebook));
    }

    [Fact]
    public void Each_rule_about_form_is_held()
    {
        AssertFinding(notebook => notebook["nbformat_minor"] = 4, null, "nbformat_minor is 4");
        AssertFinding(notebook => notebook["metadata"]!["kernelspec"]!["name"] = "python3", null, "'kernelspec'");
        AssertFinding(notebook => notebook["metadata"]!.AsObject().Remove("language_info"), null, "'language_info' is missing");
        AssertFinding(notebook => notebook["metadata"]!.AsObject().Remove("polyglot_notebook"), null, "'polyglot_notebook' is missing");
        AssertFinding(notebook => Metadata(notebook, 3).Remove("dotnet_interactive"), 3, "'dotnet_interactive' is missing");
        AssertFinding(notebook => Metadata(notebook, 3)["polyglot_notebook"]!["kernelName"] = "fsharp", 3, "'polyglot_notebook' is");
        AssertFinding(notebook => Cell(notebook, 3).Remove("id"), 3, "has no id");
        AssertFinding(notebook => Cell(notebook, 3)["id"] = "a b", 3, "the id 'a b'");
        AssertFinding(notebook => Cell(notebook, 3)["id"] = "cell-2", 3, "the id 'cell-2' of cell 2");
        AssertFinding(notebook => Cell(notebook, 3)["execution_count"] = 1, 3, "an execution count");
        AssertFinding(notebook => Cell(notebook, 3)["outputs"] = new JsonArray(new JsonObject()), 3, "has outputs");
        AssertFinding(notebook => Cell(notebook, 3)["cell_type"] = "raw", 3, "is a raw cell");
        AssertFinding(notebook => Cell(notebook, 2)["source"] = "1", 2, "the first code cell");
        AssertFinding(notebook => Cell(notebook, 2)["source"] = "#!import \"./setup.dib\"", 2, "the first code cell");
    }

    [Fact]
    public void Each_rule_about_the_series_is_held()
    {
        AssertFinding(notebook => Cell(notebook, 1)["source"] = "# Title", 1, "no navigation line");
        AssertFinding(notebook => Cell(notebook, 4)["source"] = "End", 4, "no navigation line");
        AssertFinding(notebook => Cell(notebook, 4)["source"] = $"{Navigation} [x](99-nowhere.ipynb#top)", 4, "'99-nowhere.ipynb'");

        string orphan = _folder.WriteNotebook("02-orphan.ipynb", Good());
        Finding finding = Assert.Single(NotebookChecker.Check(NotebookDocument.Load(orphan)));
        Assert.Contains("no solutions/02-orphan.ipynb", finding.Message, StringComparison.Ordinal);
        string stray = _folder.WriteNotebook("solutions/03-stray.ipynb", Notebooks.WithCells([Notebooks.Code(Notebooks.Import)]));
        finding = Assert.Single(NotebookChecker.Check(NotebookDocument.Load(stray)));
        Assert.Contains("no ../03-stray.ipynb", finding.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static JsonObject Good() => Notebooks.WithCells(
    [
        Notebooks.Markdown($"# Title\n\n{Navigation}\n\n[a page](https://example.org/x) and [below](#end)"),
        Notebooks.Code(Notebooks.Import),
        Notebooks.Code("Console.WriteLine(1);"),
        Notebooks.Markdown(Navigation),
    ]);

    private static JsonObject Cell(JsonObject notebook, int position) => notebook["cells"]![position - 1]!.AsObject();

    private static JsonObject Metadata(JsonObject notebook, int position) => Cell(notebook, position)["metadata"]!.AsObject();

    private void AssertFinding(Action<JsonObject> breakRule, int? cell, string part)
    {
        JsonObject notebook = Good();
        breakRule(notebook);
        Finding[] findings = [.. Check(notebook)];
        Assert.Contains(findings, finding => finding.Cell == cell && finding.Message.Contains(part, StringComparison.Ordinal));
        Assert.Single(findings);
    }

    private IReadOnlyList<Finding> Check(JsonObject notebook)
    {
        _folder.Write("README.md", "# Map");
        _folder.WriteNotebook("solutions/01-good.ipynb", Notebooks.WithCells([Notebooks.Code(Notebooks.Import)]));
        return NotebookChecker.Check(NotebookDocument.Load(_folder.WriteNotebook("01-good.ipynb", notebook)));
    }
}
