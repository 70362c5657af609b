namespace ArcFace.Headless.Tests;

/// <summary>What an executed notebook must be, so that it can be read on another machine.</summary>
public sealed class ExecutedDocumentTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Outputs_name_no_folder_of_this_machine()
    {
        string path = _folder.WriteNotebook(
            "using System.IO;\nConsole.WriteLine(Path.GetFullPath(\"data/a.csv\"));",
            "Path.Combine(Path.GetTempPath(), \"b\")",
            "Console.Error.Write(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + \"/.cache and more\");",
            "Console.Write(\"keeps \" + Environment.CurrentDirectory + \"-other and a/b/c\");",
            "File.ReadAllText(\"missing.txt\")");

        NotebookResult result = await NotebookRunner.RunAsync(path, cancellation: TestContext.Current.CancellationToken);
        NotebookDocument notebook = result.Notebook;

        string slash = Path.DirectorySeparatorChar.ToString();
        Assert.Equal($"./data/a.csv\n".Replace("/", slash, StringComparison.Ordinal), notebook.Stream(1));
        Assert.Equal($"<temp>{slash}b", notebook.ResultText(2));
        Assert.Equal("~/.cache and more", notebook.Stream(3, "stderr"));
        Assert.Contains("-other and a/b/c", notebook.Stream(4), StringComparison.Ordinal);
        string error = notebook.Outputs(5)[0]!.ToJsonString();
        Assert.Contains("missing.txt", error, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.GetFileName(_folder.Root), error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_language_is_told_so_that_Jupyter_colours_the_code_without_a_kernel()
    {
        string path = _folder.WriteText("n.ipynb");

        NotebookResult result = await NotebookRunner.RunAsync(path, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal("csharp", (string?)result.Notebook.Json["metadata"]!["language_info"]!["pygments_lexer"]);
        Assert.Equal("polyglot-notebook", (string?)result.Notebook.Json["metadata"]!["language_info"]!["name"]);
    }

    [Fact]
    public void A_figure_stands_on_one_line_of_the_file_and_the_rest_is_indented_as_Jupyter_does()
    {
        const string Figure = """{"data":[{"x":[1,2,3]}],"layout":{"title":"<é>"}}""";
        NotebookDocument notebook = Images.ExecutedNotebook.WithFigures(_folder, Figure);
        string path = _folder.At("saved.ipynb");

        notebook.Save(path);

        string[] lines = File.ReadAllLines(path);
        Assert.Contains(lines, line => line.Contains(Figure, StringComparison.Ordinal));
        Assert.Equal(["{", " \"cells\": [", "  {"], lines[..3]);
        Assert.EndsWith("}\n", File.ReadAllText(path), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
