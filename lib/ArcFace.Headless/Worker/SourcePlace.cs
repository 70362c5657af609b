namespace ArcFace.Headless.Worker;

/// <summary>A cell, or a file that it imports.</summary>
/// <param name="Name">The cell's name or the file's path.</param>
/// <param name="Text">What stands there.</param>
/// <param name="ImportLine">The line of the cell that imports the file, from 1; null for the cell itself.</param>
internal sealed record SourceText(string Name, string Text, int? ImportLine = null);

/// <summary>Where a piece of code that the kernel compiles by itself stands.</summary>
/// <param name="Name">The name of the cell or the file.</param>
/// <param name="LinesBefore">How many lines stand there before it.</param>
/// <param name="ImportLine">The line of the cell that imports the file, from 1; null for the cell itself.</param>
internal readonly record struct SourcePlace(string Name, int LinesBefore, int? ImportLine)
{
    public static SourcePlace Of(string code, IReadOnlyList<SourceText> sources) =>
        (from source in sources
         let start = source.Text.IndexOf(code, StringComparison.Ordinal)
         where start >= 0
         select new SourcePlace(source.Name, source.Text.AsSpan(0, start).Count('\n'), source.ImportLine))
        .FirstOrDefault(new SourcePlace("", 0, null));

    /// <summary>A message that names the imported file and the line in it, where it comes from one.</summary>
    public string Describe(string message, int? line) => ImportLine is null ? message
        : line is null ? $"{Name}: {message}" : FormattableString.Invariant($"{Name}, line {line}: {message}");
}
