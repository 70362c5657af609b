namespace ArcFace.Headless.Reporting;

/// <summary>Lines for a terminal or a build server's log, whatever notebooks put into them.</summary>
internal static partial class Log
{
    private const int LongestLine = 2_000;

    /// <summary>Writes a line. A log that cannot be written, since the disk is full or the terminal is gone, ends no run.</summary>
    public static void WriteLine(string text)
    {
        try
        {
            Console.WriteLine(Clean(text));
        }
        catch (IOException)
        {
            // The reports still tell.
        }
    }

    /// <summary>The text on one line, of a bounded length, without what would move a terminal's cursor or be a command to a build
    /// server.</summary>
    public static string Clean(string text)
    {
        string start = text.Length <= 2 * LongestLine ? text : text[..(2 * LongestLine)];
        string clean = Command().Replace(Control().Replace(start, " "), match => string.Join(' ', match.Value.AsEnumerable()));
        return clean.Length <= LongestLine && start.Length == text.Length ? clean : clean[..Math.Min(LongestLine, clean.Length)] + "… (cut)";
    }

    // An escape sequence as a whole, and then whatever else is not for printing: control characters, line ends, marks of direction.
    [GeneratedRegex(@"\x1b\[[0-9;:?]*[ -/]*[@-~]|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}](?<![\ud800-\udbff][\udc00-\udfff])")]
    private static partial Regex Control();

    [GeneratedRegex(@"(?<=^|\s)::(?=\w)|##(?=\w*\[)")]
    private static partial Regex Command();
}
