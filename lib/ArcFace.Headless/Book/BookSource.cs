using ArcFace.Headless.Commands;

namespace ArcFace.Headless.Book;

/// <summary>The folder that docfx makes the book of, filled with Markdown pages, figures, contents and settings from the repository at
/// <paramref name="root"/>. The repository's address in the web is null where it is not known.</summary>
internal sealed partial class BookSource(string root, string folder, string? repository)
{
    // Page, name in the contents, the file it is made of and, where it is not the whole file, the section.
    private static readonly (string Page, string Name, string File, string? Section)[] Texts =
    [
        ("index.md", "", "notebooks/README.md", null),
        ("guide/engines.md", "Notebook engines", "README.md", "Opening the notebooks"),
        ("guide/gpu.md", "A GPU", "README.md", "A GPU"),
        ("guide/cost.md", "What it costs", "tests/ArcFace.Benchmarks/README.md", null),
        ("guide/peers.md", "Against its peers", "README.md", "How it agrees with its peers"),
        ("guide/training.md", "In production: ArcFace", "lib/ArcFace/README.md", null),
        ("guide/photographs.md", "In production: photographs", "lib/ArcFace.Faces/README.md", null),
        ("api/index.md", "", "README.md", "The library"),
    ];

    /// <summary>Writes what docfx needs before it reads the documentation of the library's assemblies.</summary>
    public void WriteSettings(string assemblies)
    {
        Write("docfx.json", $$"""
            {
              "metadata": [{
                "src": [{ "src": {{JsonSerializer.Serialize(assemblies)}}, "files": ["ArcFace.dll", "ArcFace.Faces.dll"] }],
                "dest": "api", "filter": "filter.yml", "disableGitFeatures": true, "memberLayout": "samePage"
              }],
              "build": {
                "content": [{ "files": ["*.md", "notebooks/*.md", "guide/*.md", "api/*.{md,yml}", "**/toc.yml", "toc.yml"] }],
                "resource": [{ "files": ["notebooks/figures/**", "notebooks/*.ipynb", "notebooks/images/**", "plotly.js", "arcface.svg"] }],
                "output": "site", "template": ["default", "modern", "template"], "disableGitFeatures": true,
                "globalMetadata": {
                  "_appTitle": "ArcFace Notebooks", "_appName": "ArcFace Notebooks", "_appLogoPath": "arcface.svg", "_appFaviconPath": "arcface.svg",
                  "_enableSearch": true, "_disableContribution": true,
                  "_appFooter": "Digits by E. Alpaydin and C. Kaynak, CC BY 4.0. Made with docfx."
                }
              }
            }
            """);
        // Members that every object, exception or torch module has are in everybody's reference but ours.
        Write("filter.yml", """
            apiRules:
            - exclude: { uidRegex: '^System\.(Object|ValueType|Enum|Exception)\.' }
            - exclude: { uidRegex: '^TorchSharp\.' }
            """);
        foreach ((string name, string target) in new[] { ("main.css", "template/public/main.css"), ("main.js", "template/public/main.js"), ("arcface.svg", "arcface.svg") })
        {
            using Stream resource = typeof(BookSource).Assembly.GetManifestResourceStream($"Book.{name}")!;
            OutputFile.Write(Path.Combine(folder, target), resource.CopyTo);
        }

        PlotlyScript.Save(Path.Combine(folder, "plotly.js"));
    }

    /// <summary>Writes the pages of the notebooks, which are executed and in order. The library's documentation lies in the folder already.</summary>
    public void WritePages(IReadOnlyList<(NotebookFile File, NotebookDocument Notebook, NotebookDocument? Solutions)> notebooks)
    {
        var pages = Texts.Where(text => text.File != "README.md").ToDictionary(text => text.File, text => text.Page);
        pages["README.md"] = pages["lib"] = "api/index.md";
        foreach ((NotebookFile file, _, NotebookDocument? solutions) in notebooks)
        {
            string page = pages[$"notebooks/{file.Name}"] = $"notebooks/{Path.ChangeExtension(file.Name, ".md")}";
            if (solutions is not null)
            {
                pages[$"notebooks/solutions/{file.Name}"] = $"{page}#{NotebookPage.SolutionsAnchor}";
            }
        }

        var text = new BookText(root, repository, pages, PublicTypes());
        foreach ((string page, _, string file, string? section) in Texts)
        {
            string markdown = File.ReadAllText(Path.Combine(root, file)).ReplaceLineEndings("\n");
            Write(page, text.Convert(section is null ? markdown : SectionOf(markdown, file, section), Path.GetDirectoryName(file)!));
        }

        foreach ((NotebookFile file, NotebookDocument notebook, NotebookDocument? solutions) in notebooks)
        {
            string name = Path.GetFileNameWithoutExtension(file.Name);
            var page = new NotebookPage(name, text, new BookFigures(Path.Combine(folder, "notebooks"), name));
            Write($"notebooks/{name}.md", page.Create(notebook, solutions));
            File.Copy(file.Path, Path.Combine(folder, "notebooks", file.Name));
        }

        foreach (string image in text.Images)
        {
            OutputFile.Write(Path.Combine(folder, image), File.ReadAllBytes(Path.Combine(root, image)));
        }

        Write("toc.yml", Contents([("Notebooks", "notebooks/"), ("Guide", "guide/"), ("Reference", "api/\n  topicHref: api/index.md")]));
        Write("notebooks/toc.yml", Contents(
            [("The map", "../index.md"), .. notebooks.Select(entry => (NotebookPage.TitleOf(entry.Notebook), Path.ChangeExtension(entry.File.Name, ".md")))]));
        Write("guide/toc.yml", Contents(Texts.Where(entry => entry.Name != "").Select(entry => (entry.Name, Path.GetFileName(entry.Page)))));
    }

    private static string Contents(IEnumerable<(string Name, string Address)> entries) =>
        string.Concat(entries.Select(entry => $"- name: {JsonSerializer.Serialize(entry.Name)}\n  href: {entry.Address}\n"));

    private static string SectionOf(string markdown, string file, string section)
    {
        int start = markdown.IndexOf($"\n## {section}\n", StringComparison.Ordinal) + 2;
        ArgumentException.ThrowIf(start < 2,
            $"{file} has no section '{section}', which the book has a page of: name its heading so, or change {nameof(BookSource)}.");
        int end = markdown.IndexOf("\n## ", start, StringComparison.Ordinal);
        return markdown[start..(end < 0 ? markdown.Length : end + 1)];
    }

    // docfx has written a file for each type and namespace. A name that two types share is linked to neither.
    private Dictionary<string, string> PublicTypes() => Directory.EnumerateFiles(Path.Combine(folder, "api"), "ArcFace.*.yml")
        .Where(file => File.ReadLines(file).Any(line => TypeKind().IsMatch(line)))
        .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)
        .GroupBy(uid => uid[(uid.LastIndexOf('.') + 1)..]).Where(group => group.Count() == 1).ToDictionary(group => group.Key, group => group.Single());

    private void Write(string page, string text) => OutputFile.Write(Path.Combine(folder, page), text);

    [GeneratedRegex("^  type: (Class|Struct|Enum|Interface|Delegate)$")]
    private static partial Regex TypeKind();
}
