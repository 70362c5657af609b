using System.Globalization;
using System.Text;

namespace ArcFace.Evaluation;

/// <summary>A titled table of aligned columns: the first to the left, the others to the right.</summary>
internal sealed class TextTable(string title)
{
    private readonly List<string[]> _rows = [];

    public TextTable Row(params string[] cells)
    {
        _rows.Add(cells);
        return this;
    }

    public override string ToString()
    {
        int columns = _rows.Max(row => row.Length);
        int[] widths = [.. Enumerable.Range(0, columns).Select(column => _rows.Max(row => column < row.Length ? row[column].Length : 0))];
        var text = new StringBuilder(title);
        foreach (string[] row in _rows)
        {
            text.AppendLine();
            IEnumerable<string> cells = row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]));
            text.Append(string.Join("  ", cells).TrimEnd());
        }

        return text.ToString();
    }

    public static string Percent(double rate) => double.IsNaN(rate) ? "–" : Format($"{100 * rate:F2} %");

    public static string Number(double value, int digits = 4) =>
        double.IsNaN(value) ? "–" : value.ToString($"F{digits}", CultureInfo.InvariantCulture);

    public static string Degrees(double angle) => double.IsNaN(angle) ? "–" : Format($"{angle:F2}°");

    public static string Count(long count) => Format($"{count:N0}");

    /// <summary>A small rate in the field's way of writing: 1e-3, 3.3e-4, 0.</summary>
    public static string Rate(double rate) =>
        rate is 0 or 1 ? Format($"{rate}") : rate.ToString("0.##e-0", CultureInfo.InvariantCulture);

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
