using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ArcFace.Headless.Tests;

/// <summary>Notebooks as programs of one file, which run without a notebook engine.</summary>
public sealed partial class ProgramTests : IDisposable
{
    private const string Project = "lib/ArcFace.Notebooks/ArcFace.Notebooks.csproj";
    private static readonly Lazy<MetadataReference[]> References = new(FindReferences);
    private readonly TestFolder _folder = new();

    [Theory]
    [MemberData(nameof(EveryNotebook.Names), MemberType = typeof(EveryNotebook))]
    public void Every_notebook_compiles_as_a_program(string name) =>
        Assert.Equal("", string.Join(Environment.NewLine, Errors(NotebookProgram.Create(NotebookDocument.Load(Path.Combine(EveryNotebook.Folder, name)), Project))));

    [Fact]
    public void Text_becomes_comments_usings_come_once_types_last_packages_first_and_magic_goes()
    {
        string program = Create(
            Notebooks.Code(Notebooks.Import),
            Notebooks.Markdown("# Title\n\n$x^2$"),
            Notebooks.Code("#r \"nuget: Humanizer, 2.14.1\"\n#!time\nusing System.Linq; using ArcFace.Losses; // the losses\n// A pair.\nrecord Pair(int A, int B);\nvar pair = new Pair(1, 2);"),
            Notebooks.Code("using System.Linq;\nConsole.WriteLine(pair.A);\n// what it is\npair.A + pair.B // three"));

        string[] lines = program.Split('\n');
        Assert.Equal(["#:project " + Project, "#:package Humanizer@2.14.1"], lines[..2]);
        Assert.Single(lines, "using System.Linq;");
        Assert.Equal(["// # Title", "//", "// $x^2$"], lines.SkipWhile(line => line != "// # Title").Take(3));
        Assert.DoesNotContain("#!", program, StringComparison.Ordinal);
        Assert.Contains("// what it is\nArcFace.Notebooks.Display.Value(() => pair.A + pair.B); // three", program, StringComparison.Ordinal);
        Assert.EndsWith("// A pair.\nrecord Pair(int A, int B);\n", program, StringComparison.Ordinal);
        Assert.Empty(Errors(program));
    }

    [Fact]
    public void A_cell_that_must_fail_becomes_a_comment()
    {
        JsonObject failing = Notebooks.Code("throw new Exception(\"on purpose\");");
        failing["metadata"]!["tags"] = new JsonArray("raises-exception");

        Assert.Contains("\n// throw new Exception(\"on purpose\");\n", Create(failing), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_prints_what_its_notebook_prints_and_draws_its_figures_on_pages()
    {
        _folder.WriteNotebook("small.ipynb", Notebooks.WithCells(
        [
            Notebooks.Code(Notebooks.Import),
            Notebooks.Code("using ArcFace.Notebooks;\nusing ArcFace.Notebooks.Charts;\nSession session = Session.Start(threads: 1);"),
            Notebooks.Code("Figure.Titled(\"a line\").Line([0.0, 1], [0.0, 1]).Show();"),
            Notebooks.Code("using Plotly.NET.CSharp;\nChart.Point<double, double, string>(new double[] { 1, 2 }, new double[] { 2, 1 })"),
            Notebooks.Code("new Table(\"loss\").Row(\"0.5\")"),
            Notebooks.Code("Console.WriteLine(session.Seed)"),
        ]));
        string folder = Path.Combine(Path.GetDirectoryName(EveryNotebook.Folder)!, "artifacts", "programs", $"test-{Guid.NewGuid():N}");
        string file = Path.Combine(folder, "small.cs");
        try
        {
            (int code, string said, string error) = await HostProcess.RunAsync(_folder, "script", _folder.At("small.ipynb"), "--output", file);
            Assert.Equal((ExitCode.Passed, ""), (code, error));
            Assert.Contains("dotnet run ", said, StringComparison.Ordinal);

            (code, string output, error) = await HostProcess.RunDotnetAsync(folder, "run", file);

            Assert.True(code == 0, output + error);
            string[] pages = [.. Directory.EnumerateFiles(Path.Combine(folder, "small-figures")).Order(StringComparer.Ordinal)];
            Assert.Equal(["figure-01.html", "figure-02.html"], pages.Select(page => Path.GetFileName(page)!));
            string[] lines = output.TrimEnd().Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
            Assert.Equal(
                [
                    "[figure] a line", "  scatter · x 0..1 (2) · y 0..1 (2)", $"  drawn in {pages[0]}",
                    "[figure] ", "  scatter · x 1..2 (2) · y 1..2 (2)", $"  drawn in {pages[1]}",
                    "loss", "────", "0.5", "1",
                ],
                lines[^10..]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_is_no_notebook_and_a_file_that_is_no_program_are_refused()
    {
        _folder.Write("broken.ipynb", "{");
        string[][] arguments = [["script", _folder.At("broken.ipynb")], ["script", EveryNotebook.Folder], ["script", Path.Combine(EveryNotebook.Folder, "07-arcface.ipynb"), "--output", _folder.At("a.txt")]];
        string[] reasons = ["is not JSON", "holds several notebooks", "must end in .cs"];
        foreach ((string[] wrong, string reason) in arguments.Zip(reasons))
        {
            (int code, _, string error) = await HostProcess.RunAsync(_folder, wrong);

            Assert.Equal(ExitCode.BadArguments, code);
            Assert.Contains(reason, error, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _folder.Dispose();

    private string Create(params JsonObject[] cells) =>
        NotebookProgram.Create(NotebookDocument.Load(_folder.WriteNotebook("program.ipynb", Notebooks.WithCells(cells))), Project);

    private static string[] Errors(string program)
    {
        CSharpParseOptions options = CSharpParseOptions.Default.WithFeatures([new("FileBasedProgram", "true")]);
        const string Implicit = """
            global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
            global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
            """;
        CSharpCompilation compilation = CSharpCompilation.Create(
            "program", [CSharpSyntaxTree.ParseText(program, options), CSharpSyntaxTree.ParseText(Implicit, options)], References.Value,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication));
        return [.. compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(error => error.ToString())];
    }

    // The library as setup.dib names it, what lies beside it, and .NET.
    private static MetadataReference[] FindReferences()
    {
        string library = Library().Match(File.ReadAllText(Path.Combine(EveryNotebook.Folder, "setup.dib"))).Groups[1].Value;
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return
        [
            .. Directory.EnumerateFiles(framework, "*.dll").Concat(Directory.EnumerateFiles(Path.GetDirectoryName(library)!, "*.dll"))
                .Where(IsManaged).Select(file => MetadataReference.CreateFromFile(file)),
        ];
    }

    private static bool IsManaged(string file)
    {
        using var image = new System.Reflection.PortableExecutable.PEReader(File.OpenRead(file));
        return image.HasMetadata;
    }

    [GeneratedRegex("#r \"(.*ArcFace\\.Notebooks\\.dll)\"")]
    private static partial Regex Library();
}
