using ArcFace.Interchange;
using ArcFace.Notebooks.Charts;

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

    public IDisplayedValue Show(IReadOnlyDictionary<string, string> forms)
    {
        string? page = forms.ContainsKey(MimeTypes.Plotly) ? $"figure-{++_pages:00}.html" : null;
        var shown = new Shown(this, page);
        shown.Update(forms);
        return shown;
    }

    public override string ToString() => "console (values are shown as text, figures also as HTML pages)";

    private void Write(string page, IReadOnlyDictionary<string, string> forms)
    {
        _folder ??= NewFolder();
        Directory.CreateDirectory(_folder);
        string title = forms[MimeTypes.Text].Split('\n')[0].Replace("[figure] ", "", StringComparison.Ordinal);
        AtomicFile.WriteLines(Path.Combine(_folder, page), [PlotlyHtml.Page(title, forms[MimeTypes.Html])]);
    }

    private static string NewFolder() => AppContext.GetData("EntryPointFilePath") is string program
        ? Path.ChangeExtension(program, null) + "-figures"
        : Directory.CreateTempSubdirectory("arcface-figures-").FullName;

    private sealed class Shown(ConsoleDisplay display, string? page) : IDisplayedValue
    {
        public void Update(IReadOnlyDictionary<string, string> forms)
        {
            Console.WriteLine(forms[MimeTypes.Text]);
            if (page is not null)
            {
                display.Write(page, forms);
                Console.WriteLine($"  drawn in {Path.Combine(display._folder!, page)}");
            }
        }
    }
}
