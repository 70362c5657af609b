using System.Diagnostics;
using Diagnostic = Microsoft.DotNet.Interactive.Diagnostic;

namespace ArcFace.Headless.Worker;

/// <summary>Why a cell failed, in the host's words and of a bounded length.</summary>
internal static class CellErrors
{
    private const int LongestName = 500, LongestMessage = 10_000, LongestTrace = 1 << 16;

    public static CellFailure FromText(string? message) => Create("Error", message, message, null);

    /// <returns>The compiler's errors, the first one first; null where there are only warnings.</returns>
    public static CellFailure? FromCompiler(IEnumerable<Diagnostic> diagnostics, Source place)
    {
        Diagnostic[] errors = [.. diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];
        if (errors.Length == 0)
        {
            return null;
        }

        // The kernel counts the lines of the cell, or those of the imported section.
        int LineOf(Diagnostic error) => 1 + error.LinePositionSpan.Start.Line + (place.ImportLine is null ? 0 : place.LinesBefore);
        int first = LineOf(errors[0]);
        string more = errors.Length > 1 ? $" (and {errors.Length - 1} more)" : "";
        string message = place.Describe($"{errors[0].Code}: {errors[0].Message}{more}", first);
        IEnumerable<string> lines = errors.Select(error => $"line {LineOf(error)}: {error.Code}: {error.Message}");
        return Create("CompilationError", message, string.Join('\n', lines), place.ImportLine ?? first);
    }

    /// <summary>An exception, which may be one that cannot even be printed.</summary>
    public static CellFailure FromThrown(Exception exception, Source place)
    {
        // The compiler makes the cell's name a path.
        StackFrame? frame = new StackTrace(exception, fNeedFileInfo: true).GetFrames()
            .FirstOrDefault(frame => Path.GetFileName(frame.GetFileName()) == Path.GetFileName(place.Name));
        int? line = frame?.GetFileLineNumber() is > 0 and var number ? place.LinesBefore + number : null;
        string message = place.Describe(Try(() => exception.Message) ?? "(the exception has no message)", line);
        string trace = Cut(Try(exception.ToString) ?? message, LongestTrace).ReplaceLineEndings("\n");
        if (frame?.GetFileName() is { } file)
        {
            trace = trace.Replace(file, place.Name, StringComparison.Ordinal);
        }

        string name = exception.GetType().ToString();
        IEnumerable<string> lines = trace.Split('\n').Where(text => !IsMachinery(text));
        return Create(name, message, string.Join('\n', lines), place.ImportLine ?? line);
    }

    private static CellFailure Create(string name, string? message, string? trace, int? line) => new(
        Cut(name, LongestName), Cut(message ?? "", LongestMessage), Cut(trace ?? "", LongestTrace).ReplaceLineEndings("\n").Split('\n'), line);

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length] + "… (cut)";

    private static string? Try(Func<string?> text)
    {
        try
        {
            return text();
        }
        catch (Exception exception)
        {
            return $"(cannot be told: {exception.GetType()})";
        }
    }

    // The frames below the cell's tell a reader nothing.
    private static bool IsMachinery(string line) => line.TrimStart() is var text
        && (text.StartsWith("at Microsoft.CodeAnalysis.Scripting.", StringComparison.Ordinal)
            || text.StartsWith("--- End of stack trace from previous location", StringComparison.Ordinal));
}
