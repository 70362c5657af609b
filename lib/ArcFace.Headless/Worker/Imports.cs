using System.Text.RegularExpressions;
using ArcFace.Headless.Protocol;

namespace ArcFace.Headless.Worker;

/// <summary>
/// Looks at the <c>.dib</c> files that a cell imports before the kernel does, which says little or nothing about one that is not
/// there, names a library that is not there, or imports itself.
/// </summary>
internal static partial class Imports
{
    /// <summary>The cell and every file that it imports, directly or not.</summary>
    /// <exception cref="ImportException">One of them cannot be imported.</exception>
    public static IReadOnlyList<SourceText> Follow(SourceText cell)
    {
        var sources = new List<SourceText>();
        Follow(cell, sources, []);
        return sources;
    }

    private static void Follow(SourceText source, List<SourceText> sources, HashSet<string> above)
    {
        sources.Add(source);
        int? LineOf(Match match) => source.ImportLine ?? 1 + source.Text.AsSpan(0, match.Index).Count('\n');
        if (source.ImportLine is not null)
        {
            foreach (Match match in Reference().Matches(source.Text))
            {
                string library = match.Groups[1].Value;
                if (Path.IsPathFullyQualified(library) && !File.Exists(library))
                {
                    throw new ImportException(
                        "ReferenceNotFound", LineOf(match), $"{library}, which {source.Name} names, does not exist: run 'dotnet build' first");
                }
            }
        }

        foreach (Match match in Import().Matches(source.Text))
        {
            string path = Resolve(match.Groups[1].Value, LineOf(match));
            if (!above.Add(path))
            {
                throw new ImportException("ImportCycle", LineOf(match), $"{path} imports itself");
            }

            Follow(new SourceText(path, Read(path, LineOf(match)), LineOf(match)), sources, above);
            above.Remove(path);
        }
    }

    private static string Resolve(string path, int? line)
    {
        try
        {
            return Path.GetFullPath(path);
        }
        catch (Exception exception) when (exception is ArgumentException or IOException)
        {
            throw new ImportException("ImportNotFound", line, $"'{path}' is no path: {exception.Message}");
        }
    }

    private static string Read(string path, int? line)
    {
        if (!File.Exists(path))
        {
            throw new ImportException(
                "ImportNotFound", line, $"{path} does not exist. The build of the library writes it: run 'dotnet build' first");
        }

        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ImportException("ImportNotReadable", line, $"{path} cannot be read: {exception.Message}");
        }
    }

    [GeneratedRegex("""^[ \t]*#!import[ \t]+"?([^"\r\n]+?\.dib)"?[ \t]*\r?$""", RegexOptions.Multiline)]
    private static partial Regex Import();

    [GeneratedRegex("""^[ \t]*#r[ \t]+"([^"\r\n]+)"[ \t]*\r?$""", RegexOptions.Multiline)]
    private static partial Regex Reference();
}

/// <summary>A cell imports what cannot be imported.</summary>
internal sealed class ImportException(string name, int? line, string message) : Exception(message)
{
    public CellError Error { get; } = new(name, message, [message], line);
}
