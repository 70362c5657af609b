namespace ArcFace.Headless.Commands;

/// <summary>A notebook to run, and what it is called in reports and in the output folder: its path relative to the folder that was asked for,
/// with forward slashes.</summary>
internal sealed record NotebookFile(string Path, string Name);

/// <summary>Finds the notebooks that the user means.</summary>
internal static class NotebookFiles
{
    /// <summary>What names notebooks on the command line.</summary>
    public static Argument<string[]> Argument() => new("paths")
    {
        Description = "Notebooks, or folders with notebooks. Without any: the whole series.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>Finds the notebooks at <paramref name="paths"/>: files, and folders with the folders below them; the whole series where the user
    /// named nothing.</summary>
    /// <exception cref="ArgumentException">There is nothing at a path, or two notebooks go by the same name.</exception>
    public static IReadOnlyList<NotebookFile> Find(IReadOnlyList<string> paths)
    {
        string? series = Repository.FindRoot() is { } root ? Path.Combine(root, "notebooks") : null;
        if (paths.Count == 0)
        {
            paths = [series ?? throw new ArgumentException(
                "This is not the repository of the notebooks (no ArcFaceNotebooks.sln here or above): name the notebooks to use.")];
        }

        NotebookFile[] files = [.. paths.SelectMany(path => FindAt(Path.GetFullPath(path), series)).DistinctBy(file => file.Path)];
        IGrouping<string, NotebookFile>? clash = files.GroupBy(file => file.Name).FirstOrDefault(group => group.Count() > 1);
        return clash is null ? files
            : throw new ArgumentException($"Two notebooks are called '{clash.Key}': {string.Join(" and ", clash.Select(file => file.Path))}.");
    }

    private static NotebookFile[] FindAt(string path, string? series)
    {
        if (File.Exists(path))
        {
            return [new NotebookFile(path, NameOf(path, Path.GetDirectoryName(path)!, series))];
        }

        ArgumentException.ThrowIf(!Directory.Exists(path), $"There is no file or folder '{path}'.");
        string[] found = [.. FindBelow(path, []).Order(StringComparer.Ordinal)];
        return found.Length == 0 ? throw new ArgumentException($"There are no notebooks (*.ipynb) in '{path}'.")
            : [.. found.Select(file => new NotebookFile(file, NameOf(file, path, series)))];
    }

    // A folder that two links lead to is gone through once. One that cannot be read takes the place of its notebooks, to be told of.
    private static IEnumerable<string> FindBelow(string folder, HashSet<string> seen)
    {
        try
        {
            return !seen.Add(RealPath.Of(folder)) ? [] :
            [
                .. Directory.EnumerateFiles(folder, "*.ipynb").Where(IsVisible),
                .. Directory.EnumerateDirectories(folder).Where(IsVisible).Order(StringComparer.Ordinal).SelectMany(below => FindBelow(below, seen)),
            ];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [folder];
        }
    }

    private static bool IsVisible(string path) => !Path.GetFileName(path).StartsWith('.');

    // A notebook of the series is called the same however it was asked for.
    private static string NameOf(string file, string folder, string? series)
    {
        bool isOfSeries = series is not null && file.StartsWith(series + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        return Path.GetRelativePath(isOfSeries ? series! : folder, file).Replace(Path.DirectorySeparatorChar, '/');
    }
}
