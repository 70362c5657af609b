using System.Globalization;

namespace ArcFace;

/// <summary>A table of aligned columns, the first to the left, the others to the right, and how its numbers are written.</summary>
internal sealed class TextTable(string? title = null)
{
    private readonly List<string[]> _rows = [];

    public TextTable Row(params string[] cells)
    {
        _rows.Add(cells);
        return this;
    }

    /// <summary>A line of the width of every column so far and to come.</summary>
    public TextTable Rule() => Row([]);

    public override string ToString()
    {
        int columns = _rows.Max(row => row.Length);
        int[] widths = [.. Enumerable.Range(0, columns).Select(column => _rows.Max(row => column < row.Length ? row[column].Length : 0))];
        IEnumerable<string> lines = _rows.Select(row => Line(row.Length > 0 ? row : [.. widths.Select(width => new string('─', width))], widths));
        return string.Join(Environment.NewLine, title is null ? lines : lines.Prepend(title));
    }

    public static string Percent(double rate) => double.IsNaN(rate) ? "–" : Format($"{100 * rate:F2} %");

    public static string Number(double value, int digits = 4) =>
        double.IsNaN(value) ? "–" : value.ToString($"F{digits}", CultureInfo.InvariantCulture);

    public static string Degrees(double angle) => double.IsNaN(angle) ? "–" : Format($"{angle:F2}°");

    public static string Count(long count) => Format($"{count:N0}");

    /// <summary>A small rate in the field's way of writing: 1e-3, 3.3e-4, 0.</summary>
    public static string Rate(double rate) =>
        rate is 0 or 1 ? Format($"{rate}") : rate.ToString("0.##e-0", CultureInfo.InvariantCulture);

    private static string Line(string[] cells, int[] widths) =>
        string.Join("  ", cells.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]))).TrimEnd();

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
