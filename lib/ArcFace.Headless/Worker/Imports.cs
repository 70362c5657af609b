namespace ArcFace.Headless.Worker;

/// <summary>Looks at the <c>.dib</c> files that a cell imports before the kernel does, which says little or nothing about one that is not
/// there, names a library that is not there, or imports itself.</summary>
internal static partial class Imports
{
    public static readonly Source Nowhere = new("", "");

    /// <summary>The cell and every file that it imports, directly or not.</summary>
    /// <exception cref="CellException">One of them cannot be imported.</exception>
    public static IReadOnlyList<Source> Follow(Source cell)
    {
        var sources = new List<Source>();
        Follow(cell, sources, []);
        return sources;
    }

    /// <summary>Where a piece of code that the kernel compiles by itself stands.</summary>
    public static Source Find(string code, IReadOnlyList<Source> sources) =>
        (from source in sources
         let start = source.Text.IndexOf(code, StringComparison.Ordinal)
         where start >= 0
         select source with { LinesBefore = source.Text.AsSpan(0, start).Count('\n') }).FirstOrDefault(Nowhere);

    private static void Follow(Source source, List<Source> sources, HashSet<string> above)
    {
        sources.Add(source);
        if (source.ImportLine is not null && Reference().Matches(source.Text).Select(match => match.Groups[1].Value)
            .FirstOrDefault(path => Path.IsPathFullyQualified(path) && !File.Exists(path)) is { } library)
        {
            throw new CellException(
                "ReferenceNotFound", source.ImportLine, $"{library}, which {source.Name} names, does not exist: run 'dotnet build' first");
        }

        foreach (Match match in Import().Matches(source.Text))
        {
            Source imported = Read(match.Groups[1].Value, source.ImportLine ?? 1 + source.Text.AsSpan(0, match.Index).Count('\n'));
            if (!above.Add(imported.Name))
            {
                throw new CellException("ImportCycle", imported.ImportLine, $"{imported.Name} imports itself");
            }

            Follow(imported, sources, above);
            above.Remove(imported.Name);
        }
    }

    private static Source Read(string path, int line)
    {
        try
        {
            string file = Path.GetFullPath(path);
            return File.Exists(file) ? new Source(file, File.ReadAllText(file), line) : throw new CellException(
                "ImportNotFound", line, $"{file} does not exist. The build of the library writes it: run 'dotnet build' first");
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new CellException("ImportNotReadable", line, $"'{path}' cannot be read: {exception.Message}");
        }
    }

    [GeneratedRegex("""^[ \t]*#!import[ \t]+"?([^"\r\n]+?\.dib)"?[ \t]*\r?$""", RegexOptions.Multiline)]
    private static partial Regex Import();

    [GeneratedRegex("""^[ \t]*#r[ \t]+"([^"\r\n]+)"[ \t]*\r?$""", RegexOptions.Multiline)]
    private static partial Regex Reference();
}

/// <summary>A cell, or a file that it imports, named by its path, and the line of the cell, from 1, that imports it: null for the cell itself.
/// So many lines stand there before the piece that the kernel compiles by itself.</summary>
internal sealed record Source(string Name, string Text, int? ImportLine = null, int LinesBefore = 0)
{
    /// <summary>A message that names the imported file and the line in it, where it comes from one.</summary>
    public string Describe(string message, int? line) => ImportLine is null ? message
        : line is null ? $"{Name}: {message}" : FormattableString.Invariant($"{Name}, line {line}: {message}");
}

/// <summary>A cell cannot even be begun.</summary>
internal sealed class CellException(string name, int? line, string message) : Exception(message)
{
    public CellFailure Error { get; } = new(name, message, [message], line);
}
