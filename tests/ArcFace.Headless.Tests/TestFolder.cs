using System.Text.Json.Nodes;

namespace ArcFace.Headless.Tests;

/// <summary>A folder for the notebooks of one test, gone when the test is.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder() => Directory.CreateDirectory(Root);

    public string Root { get; } = Path.Combine(Path.GetTempPath(), $"headless-{Guid.NewGuid():N}");

    public string At(string name) => Path.Combine(Root, name);

    /// <summary>Writes a file as it is.</summary>
    public string Write(string name, string text)
    {
        string path = At(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Writes a notebook of code cells.</summary>
    public string WriteNotebook(params string[] cells) =>
        Write("test.ipynb", Notebooks.WithCells(cells.Select(Notebooks.Code)).ToJsonString());

    /// <summary>Writes a notebook without code, which passes at once: its worker need not compile anything.</summary>
    public string WriteText(string name) => WriteNotebook(name, Notebooks.WithCells([Notebooks.Markdown("Text")]));

    /// <summary>Writes a notebook.</summary>
    public string WriteNotebook(string name, JsonObject notebook) => Write(name, notebook.ToJsonString());

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
