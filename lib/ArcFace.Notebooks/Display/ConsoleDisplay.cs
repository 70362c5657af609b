using ArcFace.Interchange;

namespace ArcFace.Notebooks;

/// <summary>Shows values where there is no notebook engine: as text, and each figure also as an HTML page in a folder.</summary>
/// <param name="folder">Where the pages go; the folder comes with the first one. By default a folder named after the C# file that runs
/// (<c>dotnet run FILE.cs</c>), beside it, or else a temporary one.</param>
internal sealed class ConsoleDisplay(string? folder = null) : IDisplayHost
{
    private string? _folder = folder;
    private int _pages;

    public bool ReplacesInPlace => false;

    public bool DrawsHtml => true;

    public Action<IReadOnlyDictionary<string, string>> Show(IReadOnlyDictionary<string, string> forms)
    {
        string? page = forms.ContainsKey(MimeTypes.Plotly) ? $"figure-{++_pages:00}.html" : null;
        void Update(IReadOnlyDictionary<string, string> forms)
        {
            Console.WriteLine(forms[MimeTypes.Text]);
            if (page is not null)
            {
                Console.WriteLine($"  drawn in {Write(page, forms)}");
            }
        }

        Update(forms);
        return Update;
    }

    public override string ToString() => "console (values are shown as text, figures also as HTML pages)";

    private string Write(string page, IReadOnlyDictionary<string, string> forms)
    {
        _folder ??= NewFolder();
        Directory.CreateDirectory(_folder);
        string title = forms[MimeTypes.Text].Split('\n')[0].Replace("[figure] ", "", StringComparison.Ordinal);
        string path = Path.Combine(_folder, page);
        AtomicFile.WriteLines(path, [PlotlyHtml.Page(title, forms[MimeTypes.Html])]);
        return path;
    }

    private static string NewFolder() => AppContext.GetData("EntryPointFilePath") is string program
        ? Path.ChangeExtension(program, null) + "-figures"
        : Directory.CreateTempSubdirectory("arcface-figures-").FullName;
}
