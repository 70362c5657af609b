using System.Diagnostics;
using ArcFace.Headless.Protocol;
using Microsoft.CodeAnalysis;

namespace ArcFace.Headless.Worker;

/// <summary>A cell failed; the host is to be told why.</summary>
internal sealed class CellException(CellError error) : Exception(error.Message)
{
    private const int LongestTrace = 1 << 16;

    public CellError Error { get; } = error;

    public static CellException FromDirective(string name, CellDirective directive, string message) =>
        new(new CellError(name, message, [message], directive.Line));

    public static CellException FromCompiler(IReadOnlyList<Diagnostic> errors)
    {
        string[] lines = [.. errors.Select(error => $"line {LineOf(error)}: {error.Id}: {error.GetMessage(formatProvider: null)}")];
        Diagnostic first = errors[0];
        string more = errors.Count > 1 ? $" (and {errors.Count - 1} more)" : "";
        string message = $"{first.Id}: {first.GetMessage(formatProvider: null)}{more}";
        return new CellException(new CellError("CompilationError", message, lines, LineOf(first)));
    }

    /// <param name="exception">What the cell threw.</param>
    /// <param name="cellName">The file name that the cell was compiled under.</param>
    public static CellException FromThrown(Exception exception, string cellName)
    {
        int? line = new StackTrace(exception, fNeedFileInfo: true).GetFrames()
            .FirstOrDefault(frame => frame.GetFileName() == cellName)?.GetFileLineNumber();
        string trace = exception.ToString();
        if (trace.Length > LongestTrace)
        {
            trace = trace[..LongestTrace] + "\n… (cut)";
        }

        string[] lines = [.. trace.ReplaceLineEndings("\n").Split('\n').Where(text => !IsMachinery(text))];
        return new CellException(new CellError(exception.GetType().FullName!, exception.Message, lines, line));
    }

    private static int LineOf(Diagnostic diagnostic) => 1 + diagnostic.Location.GetLineSpan().StartLinePosition.Line;

    // The compiler's own frames below the cell's tell a reader nothing.
    private static bool IsMachinery(string line) => line.TrimStart() is var text
        && (text.StartsWith("at Microsoft.CodeAnalysis.Scripting.", StringComparison.Ordinal)
            || text.StartsWith("--- End of stack trace from previous location", StringComparison.Ordinal));
}
