namespace ArcFace.Headless.Book;

/// <summary>An executed notebook as a page: text, code and outputs, and behind each exercise its solution in a fold.</summary>
internal sealed partial class NotebookPage(string name, BookText text, BookFigures figures)
{
    /// <summary>The place of a page where its first solution stands.</summary>
    public const string SolutionsAnchor = "solutions";

    /// <summary>The tag of a cell that prints times or memory, which no two runs have alike: the page shows the cell without its output.</summary>
    public const string TimingTag = "timing";

    private const string Folder = "notebooks";
    private const string NoTimings = "<p class=\"timing\">What this cell prints differs from run to run. Run it to see the figures of your machine.</p>\n";
    private int _folds;

    /// <summary>The page of an executed notebook and of its executed solutions, if it has any.</summary>
    public string Create(NotebookDocument notebook, NotebookDocument? solutions)
    {
        ILookup<int, Solution> behind = Solutions(solutions).ToLookup(solution => LastCellOf(solution, notebook));
        return string.Concat(notebook.Cells.Select(cell =>
            (cell.Position == 1 ? Title(cell) : Cell(cell, Folder)) + string.Concat(behind[cell.Position].Select(Fold))));
    }

    /// <summary>The first heading of a notebook, which names its page.</summary>
    public static string TitleOf(NotebookDocument notebook) =>
        FirstHeading().Match(notebook.Cells[0].Source) is { Success: true } title ? title.Groups[1].Value.Trim() : Path.GetFileNameWithoutExtension(notebook.Path);

    private string Title(NotebookCell cell)
    {
        string path = $"{Folder}/{name}.ipynb";
        string open = $"\n\n<p class=\"notebook\"><a href=\"{text.SourceOf(path) ?? $"{name}.ipynb\" download=\"{name}.ipynb"}\">Open this notebook</a> <code>{path}</code></p>\n";
        string markdown = Cell(cell, Folder);
        return FirstHeading().IsMatch(markdown) ? FirstHeading().Replace(markdown, title => title.Value + open, 1) : open + markdown;
    }

    private string Cell(NotebookCell cell, string folder, int headingLevel = 1) => cell.Kind switch
    {
        "markdown" => $"\n{Heading().Replace(text.Convert(cell.Source, folder), heading => new string('#', Math.Max(headingLevel, heading.Length)))}\n",
        "code" => Code(cell),
        _ => "",
    };

    private string Code(NotebookCell cell)
    {
        string fence = new('`', Math.Max(3, 1 + Ticks().Matches(cell.Source).Select(ticks => ticks.Length).DefaultIfEmpty().Max()));
        return $"\n{fence}csharp\n{cell.Source.TrimEnd()}\n{fence}\n{(cell.Tags.Contains(TimingTag) ? NoTimings : CellOutputs.ToHtml(cell, figures))}";
    }

    private string Fold(Solution solution)
    {
        string anchor = _folds++ == 0 ? $" id=\"{SolutionsAnchor}\"" : "";
        string cells = string.Concat(solution.Cells.Select(cell => Cell(cell, $"{Folder}/solutions", headingLevel: 4)));
        return $"\n<details class=\"solution\"{anchor}><summary>Solution: {BookText.Heading(solution.Heading)}</summary>\n{cells}\n</details>\n";
    }

    // A solution begins with a heading or a bold word, and takes the cells up to the next; what stands before the first text is the
    // notebook's own start.
    private static List<Solution> Solutions(NotebookDocument? notebook)
    {
        List<Solution> solutions = [];
        foreach (NotebookCell cell in notebook?.Cells.Skip(1) ?? [])
        {
            if (cell.Kind == "markdown" && (solutions.Count == 0 || cell.Source.StartsWith('#') || cell.Source.StartsWith("**", StringComparison.Ordinal)))
            {
                solutions.Add(new Solution([]));
            }

            solutions.LastOrDefault()?.Cells.Add(cell);
        }

        return solutions;
    }

    private static int LastCellOf(Solution solution, NotebookDocument notebook) => notebook.Cells
        .Where(cell => cell.IsCode && Exercise().Matches(cell.Source).Any(exercise => solution.Exercises.Contains(exercise.Value)))
        .Select(cell => cell.Position).DefaultIfEmpty(notebook.Cells.Count).Max();

    [GeneratedRegex(@"^# ([^\n]+)", RegexOptions.Multiline)]
    private static partial Regex FirstHeading();

    [GeneratedRegex("^#{1,6}(?= )", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^#{2,3} ([^\n]+)", RegexOptions.Multiline)]
    private static partial Regex SolutionHeading();

    [GeneratedRegex(@"\bExercise \d+\b")]
    private static partial Regex Exercise();

    [GeneratedRegex("`+")]
    private static partial Regex Ticks();

    private sealed record Solution(List<NotebookCell> Cells)
    {
        public string[] Exercises => [.. Cells.SelectMany(cell => Exercise().Matches(cell.Source)).Select(exercise => exercise.Value).Distinct()];

        public string Heading => SolutionHeading().Matches(Cells[0].Source) is { Count: > 0 } headings
            ? string.Join("; ", headings.Select(heading => heading.Groups[1].Value.Trim()))
            : Exercises is { Length: > 0 } exercises ? string.Join(", ", exercises) : Cells[0].Source.Split('\n')[0].Trim('*', ' ');
    }
}
