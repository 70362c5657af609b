namespace ArcFace.Headless.Checking;

/// <summary>What each cell must be, whatever it says: named for good, clean, and free of the author's machine.</summary>
internal static partial class CellRules
{
    public static IEnumerable<Finding> Check(NotebookDocument notebook)
    {
        var ids = new Dictionary<string, int>();
        foreach (NotebookCell cell in notebook.Cells)
        {
            foreach (string message in Check(cell, ids))
            {
                yield return new Finding(cell.Position, message);
            }
        }
    }

    private static IEnumerable<string> Check(NotebookCell cell, Dictionary<string, int> ids)
    {
        if (cell.Kind is not ("code" or "markdown"))
        {
            yield return $"is a {cell.Kind} cell; only code and markdown cells are allowed";
        }

        if (cell.Id is not { } id || !ValidId().IsMatch(id))
        {
            yield return $"has {(cell.Id is null ? "no id" : $"the id '{cell.Id}'")}; it needs one of 1 to 64 letters, digits, - and _";
        }
        else if (!ids.TryAdd(id, cell.Position))
        {
            yield return $"has the id '{id}' of cell {ids[id]}; ids must differ";
        }

        if (cell.IsCode && cell.Json["outputs"] is not JsonArray { Count: 0 })
        {
            yield return "has outputs; committed notebooks must not: clear them and save";
        }

        if (cell.IsCode && cell.Json["execution_count"] is not null)
        {
            yield return "has an execution count; committed notebooks must not: clear the outputs and save";
        }

        IEnumerable<Match> windowsPaths = cell.IsCode ? WindowsPath().Matches(cell.Source) : [];
        foreach (Match path in UnixPath().Matches(cell.Source).Concat(windowsPaths))
        {
            yield return $"names a path of one machine, '{path.Value}'; use relative paths";
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$")]
    private static partial Regex ValidId();

    // A folder right below the root of a Unix system.
    [GeneratedRegex(@"(?<![\w.:/~)-])/(?:home|Users|root|tmp|usr|var|opt|mnt|etc|srv|media|work|Volumes|private)/[\w.-]*")]
    private static partial Regex UnixPath();

    // A drive or a share, as a plain or as a verbatim string. In prose, formulas look like that: f:\mathbb{R}.
    [GeneratedRegex(@"\b[A-Z]:\\{1,2}\w{2,}|(?<!\\)\\\\(?:\\\\)?\w+\\{1,2}\w+")]
    private static partial Regex WindowsPath();
}
