using ArcFace.Notebooks.Charts;

namespace ArcFace.Notebooks.Tests;

public class TableTests
{
    private static readonly Table Results = new Table("method", "accuracy").Row("softmax", "0.9").Row("ArcFace <m>", "0.95");

    [Fact]
    public void Names_are_set_left_and_numbers_right() => Assert.Equal(
        """
        method       accuracy
        ───────────  ────────
        softmax           0.9
        ArcFace <m>      0.95
        """.ReplaceLineEndings("\n"),
        Results.ToString());

    [Fact]
    public void Cells_are_encoded_in_html() => Assert.Contains("<td>ArcFace &lt;m&gt;</td>", Results.ToHtml(), StringComparison.Ordinal);

    [Fact]
    public void A_row_must_fill_every_column() => Assert.Throws<ArgumentException>(() => Results.Row("only one"));
}
