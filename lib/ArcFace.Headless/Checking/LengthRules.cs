namespace ArcFace.Headless.Checking;

/// <summary>How long a notebook and its cells may be, and that no method is written in two notebooks.</summary>
internal static class LengthRules
{
    private const int MostLines = 30, MostCharacters = 120, FewestCells = 15, MostCells = 40;

    public static IEnumerable<Finding> Check(NotebookDocument notebook)
    {
        if (notebook.Cells.Count is < FewestCells or > MostCells)
        {
            yield return new Finding(null, $"has {notebook.Cells.Count} cells; {FewestCells} to {MostCells} make a sitting");
        }

        foreach (NotebookCell cell in notebook.Cells.Where(cell => cell.IsCode))
        {
            string[] lines = cell.Source.Split('\n');
            if (lines.Length > MostLines)
            {
                yield return new Finding(cell.Position, $"has {lines.Length} lines; show the idea in {MostLines}, and let the library prepare and draw");
            }

            foreach ((int number, string line) in lines.Index().Where(line => line.Item.Length > MostCharacters))
            {
                yield return new Finding(cell.Position, $"line {number + 1}: {line.Length} characters; {MostCharacters} fit on a screen");
            }
        }
    }

    /// <summary>The methods that another notebook writes too: the same name and the same types, whatever is inside.</summary>
    public static IEnumerable<(NotebookDocument Notebook, Finding Finding)> Repeated(IEnumerable<NotebookDocument> notebooks) =>
        from written in notebooks.SelectMany(notebook => notebook.Cells.Where(cell => cell.IsCode)
                .SelectMany(cell => Methods(cell.Source).Select(name => (Notebook: notebook, Cell: cell, Name: name))))
            .GroupBy(method => method.Name)
        where written.Select(method => method.Notebook.Path).Distinct().Count() > 1
        from method in written
        let others = written.Select(other => Path.GetFileName(other.Notebook.Path)).Where(name => name != Path.GetFileName(method.Notebook.Path)).Distinct()
        select (method.Notebook, new Finding(method.Cell.Position, $"writes the method '{method.Name}', as {string.Join(", ", others)} does"));

    // The methods of a cell itself, each by its types and name; those inside of a method or a block are its own affair.
    private static IEnumerable<string> Methods(string source) =>
        NotebookCell.SyntaxOf(source).Members.OfType<MethodDeclarationSyntax>()
            .Select(method => $"{method.ReturnType} {method.Identifier.Text}({string.Join(", ", method.ParameterList.Parameters.Select(p => p.Type))})");
}
