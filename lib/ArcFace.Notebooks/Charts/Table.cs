using System.Collections.Immutable;

namespace ArcFace.Notebooks.Charts;

/// <summary>A small table of results, as aligned text and as HTML.</summary>
public sealed class Table
{
    private readonly string[] _columns;
    private readonly ImmutableList<string[]> _rows;

    /// <summary>A table without rows.</summary>
    /// <param name="columns">Headings, from left to right.</param>
    public Table(params string[] columns)
        : this([.. columns], [])
    {
    }

    private Table(string[] columns, ImmutableList<string[]> rows) => (_columns, _rows) = (columns, rows);

    /// <summary>The table with one row more.</summary>
    /// <exception cref="ArgumentException">The row has not one cell a column.</exception>
    public Table Row(params string[] cells)
    {
        ArgumentException.ThrowIf(
            cells.Length != _columns.Length, $"a row of {cells.Length} cells does not fit a table of {_columns.Length} columns", nameof(cells));
        return new Table(_columns, _rows.Add(cells));
    }

    /// <summary>The table as text: columns aligned, a line under the headings.</summary>
    public override string ToString()
    {
        TextTable text = new TextTable().Row(_columns).Rule();
        _rows.ForEach(row => text.Row(row));
        return text.ToString();
    }

    /// <summary>The table as an HTML fragment.</summary>
    public string ToHtml()
    {
        static string Cells(string tag, IEnumerable<string> cells) =>
            string.Concat(cells.Select(cell => $"<{tag}>{WebUtility.HtmlEncode(cell)}</{tag}>"));
        string rows = string.Concat(_rows.Select(row => $"<tr>{Cells("td", row)}</tr>"));
        return $"<table><thead><tr>{Cells("th", _columns)}</tr></thead><tbody>{rows}</tbody></table>";
    }
}
