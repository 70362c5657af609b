namespace ArcFace.Headless.Checking;

/// <summary>How the notebooks of the series hang together: navigation, links, solutions.</summary>
internal static partial class SeriesRules
{
    public static IEnumerable<Finding> Check(NotebookDocument notebook)
    {
        string path = Path.GetFullPath(notebook.Path);
        (string folder, string name) = (Path.GetDirectoryName(path)!, Path.GetFileName(path));
        bool isOfSeries = NameOfSeries().IsMatch(name), isSolution = isOfSeries && Path.GetFileName(folder) == "solutions";
        foreach (Finding finding in BrokenLinks(notebook, folder))
        {
            yield return finding;
        }

        if (isSolution && !File.Exists(Path.Combine(folder, "..", name)))
        {
            yield return new Finding(null, $"is the solution of a notebook that does not exist: there is no ../{name}");
        }

        if (!isOfSeries || isSolution)
        {
            yield break;
        }

        if (!File.Exists(Path.Combine(folder, "solutions", name)))
        {
            yield return new Finding(null, $"has no solution: there is no solutions/{name}");
        }

        foreach (NotebookCell cell in new[] { notebook.Cells[0], notebook.Cells[^1] }.Distinct())
        {
            if (!cell.Source.Split('\n').Any(line => line.Contains('·') && LinkToMap().IsMatch(line)))
            {
                yield return new Finding(
                    cell.Position, "has no navigation line; the first and the last cell need one: previous · [map](README.md) · next");
            }
        }
    }

    private static IEnumerable<Finding> BrokenLinks(NotebookDocument notebook, string folder) =>
        from cell in notebook.Cells.Where(cell => cell.Kind == "markdown")
        from Match link in RelativeLink().Matches(cell.Source)
        let target = Uri.UnescapeDataString(link.Groups["target"].Value)
        where !Path.Exists(Path.Combine(folder, target))
        select new Finding(cell.Position, $"links to '{target}', which does not exist");

    [GeneratedRegex(@"^\d\d-.+\.ipynb$")]
    private static partial Regex NameOfSeries();

    [GeneratedRegex(@"\]\(README\.md(#[^)]*)?\)")]
    private static partial Regex LinkToMap();

    // What follows ]( up to a fragment, unless it has a scheme: a file, relative to the notebook.
    [GeneratedRegex(@"\]\((?![a-zA-Z][a-zA-Z+.-]*:)(?<target>[^)#\s]+)(#[^)]*)?\)")]
    private static partial Regex RelativeLink();
}
