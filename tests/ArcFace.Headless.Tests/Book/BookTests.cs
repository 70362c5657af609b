using System.Text.Json.Nodes;
using ArcFace.Headless.Book;

namespace ArcFace.Headless.Tests.Book;

/// <summary>How texts, cells and outputs become pages, and what is found wrong with a site.</summary>
public sealed class BookTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData(@"a $\lVert x_i\rVert$ b", @"a <span class=""math"">&#92;&#40;&#92;lVert x&#95;i&#92;rVert&#92;&#41;</span> b")]
    [InlineData("- one:\n$$a\n= b .$$\n- two", "- one:\n<span class=\"math display\">&#92;&#91;a&#10;&#61; b &#46;&#92;&#93;</span>\n- two")]
    [InlineData("**TAR@FAR** `a@b`", "**TAR&#64;FAR** `a@b`")]
    [InlineData("`$x$` costs $5 or $6", "`$x$` costs $5 or $6")]
    [InlineData("```csharp\n$\"{x}\" + $\"{y}\" // [a](b.ipynb)\n```", "```csharp\n$\"{x}\" + $\"{y}\" // [a](b.ipynb)\n```")]
    [InlineData("see [next: `Loss` →](01-next.ipynb#end)", "see [next: `Loss` →](~/notebooks/01-next.md#end)")]
    [InlineData("the [solution](solutions/01-next.ipynb)", "the [solution](~/notebooks/01-next.md#solutions)")]
    [InlineData("[licence](../LICENSE), [there](https://example.org/a)", "[licence](https://host/me/it/blob/main/LICENSE), [there](https://example.org/a)")]
    [InlineData("![rays $x$](images/rays.png)", @"![rays <span class=""math"">&#92;&#40;x&#92;&#41;</span>](~/notebooks/images/rays.png)")]
    [InlineData("a `Loss`, `new Loss(8)`, `Loss.Weight`, `Other`", "a [`Loss`](xref:ArcFace.Loss), [`new Loss(8)`](xref:ArcFace.Loss), [`Loss.Weight`](xref:ArcFace.Loss), `Other`")]
    public void Text_keeps_its_formulas_and_its_links_lead_into_the_book(string markdown, string expected) =>
        Assert.Equal(expected, Text("https://host/me/it/").Convert(markdown, "notebooks"));

    [Fact]
    public void A_link_to_what_the_book_has_not_is_text_where_the_repository_has_no_known_address() =>
        Assert.Equal("the licence", Text(null).Convert("the [licence](../LICENSE)", "notebooks"));

    [Fact]
    public void A_solution_stands_folded_behind_the_last_cell_of_its_exercise()
    {
        NotebookDocument notebook = Load(
            "notebook.ipynb", Notebooks.Markdown("# 01 · Next\n\ntext"), Notebooks.Code("// Exercise 1: a gap"), Notebooks.Code("// Exercise 2"), Notebooks.Markdown("the end"));
        NotebookDocument solutions = Load(
            "solutions.ipynb", Notebooks.Markdown("# 01 · Next: solutions"), Notebooks.Code("#!import ./setup.dib"),
            Notebooks.Markdown("## Exercise 1 · $x<0$ <b>\nwhy"), Notebooks.Code("one"), Notebooks.Markdown("## The questions, answered"));

        string page = Page(notebook, solutions);

        string[] order =
        [
            "# 01 · Next\n\n<p class=\"notebook\"><a href=\"01-next.ipynb\" download=\"01-next.ipynb\">Open this notebook</a> <code>notebooks/01-next.ipynb</code></p>",
            "// Exercise 1: a gap", "<details class=\"solution\" id=\"solutions\"><summary>Solution: Exercise 1 &#183; <span class=\"math\">", "&lt;b&gt;</summary>",
            "```csharp\none\n```", "</details>", "// Exercise 2", "the end", "<summary>Solution: The questions, answered</summary>", "</details>",
        ];
        int[] places = [.. order.Select(part => page.IndexOf(part, StringComparison.Ordinal))];
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places[..5].Order(), places[..5]);
        Assert.Equal(places[6..9].Order(), places[6..9]);
        Assert.DoesNotContain("setup.dib", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_solution_without_a_heading_is_told_by_the_exercises_that_its_code_checks()
    {
        NotebookDocument notebook = Load("notebook.ipynb", Notebooks.Markdown("# 01"), Notebooks.Code("// Exercise 2"), Notebooks.Markdown("the end"));
        NotebookDocument solutions = Load(
            "solutions.ipynb", Notebooks.Markdown("# 01"), Notebooks.Markdown("**2.** (easy) why"), Notebooks.Code("check(\"Exercise 2\")"), Notebooks.Markdown("**Questions**\nyes"));

        string page = Page(notebook, solutions);

        Assert.Matches("(?s)// Exercise 2\n.*<summary>Solution: Exercise 2</summary>.*the end.*<summary>Solution: Questions</summary>", page);
    }

    [Fact]
    public void Outputs_are_shown_without_their_times_and_no_empty_line_or_sign_of_theirs_breaks_the_page()
    {
        JsonObject cell = Notebooks.Code("1");
        cell["outputs"] = new JsonArray(
            new JsonObject { ["output_type"] = "stream", ["name"] = "stdout", ["text"] = "<b>\n\n\u001b[31mtook 12.5 ms, 249 images/s\u001b[0m with 0.5s and 512 MB" },
            new JsonObject { ["output_type"] = "display_data", ["data"] = new JsonObject { ["text/html"] = "<table><tr><th>N</th><th>milliseconds</th></tr>\n<tr><td>7</td><td>12.1</td></tr></table>", ["text/plain"] = "7" } },
            new JsonObject { ["output_type"] = "error", ["ename"] = "Bad", ["evalue"] = "a < b", ["traceback"] = new JsonArray() },
            new JsonObject { ["output_type"] = "display_data", ["data"] = JsonNode.Parse($$$"""{"{{{FigureImages.PlotlyMimeType}}}": {"data": [], "layout": {"height": 300}}, "text/plain": "[figure] A & B"}""") });

        string page = Page(Load("notebook.ipynb", cell), null);

        Assert.Contains("<div class=\"output\"><pre class=\"text\">&lt;b&gt;&#10;&#10;took … ms, … images/s with 0.5s and 512 MB</pre></div>", page, StringComparison.Ordinal);
        Assert.Contains("</tr>&#10;<tr><td>7</td><td>…</td></tr></table>", page, StringComparison.Ordinal);
        Assert.Contains("<pre class=\"error\">Bad: a &lt; b</pre>", page, StringComparison.Ordinal);
        Assert.Contains("data-figure=\"figures/01-next/01.json\" style=\"width:700px;height:300px\"><noscript><p>A &amp; B:", page, StringComparison.Ordinal);
        Assert.Equal("""{"data":[],"layout":{"height":300}}""", File.ReadAllText(_folder.At("figures/01-next/01.json")));
    }

    [Fact]
    public void A_cell_whose_figures_no_two_runs_have_alike_is_shown_without_its_output()
    {
        JsonObject cell = Notebooks.Code("Measure()");
        cell["metadata"]!["tags"] = new JsonArray(NotebookPage.TimingTag);
        cell["outputs"] = new JsonArray(new JsonObject { ["output_type"] = "stream", ["name"] = "stdout", ["text"] = "1.38 times" });

        string page = Page(Load("notebook.ipynb", cell), null);

        Assert.Contains("Measure()", page, StringComparison.Ordinal);
        Assert.Contains("Run it to see the figures of your machine.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("1.38", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<a href=\"b.html#here\">b</a><a href=\"#top\" id=\"top\">t</a><a href=\"https://example.org\">e</a><img class=\"x\" src=\"b.html\">", null)]
    [InlineData("<a href=\"c.html\">c</a>", "goes nowhere: c.html")]
    [InlineData("<a class=\"x\" href=\"b.html#there\">b</a>", "goes nowhere: b.html#there")]
    [InlineData("<div role=\"img\" data-figure=\"figures/1.json\"></div>", "goes nowhere: figures/1.json")]
    [InlineData("<script src=\"https://example.org/a.js\"></script>", "needs no network")]
    [InlineData("<p>/home/me/repository/lib</p>", "a folder of this machine")]
    public void What_is_wrong_with_a_site_is_found(string html, string? problem)
    {
        _folder.Write("a.html", html);
        _folder.Write("b.html", "<p id=\"here\">");

        string[] problems = [.. BookSite.Problems(_folder.Root, ["/home/me/repository"])];

        Assert.Equal(problem is null ? 0 : 1, problems.Length);
        Assert.All(problems, found => Assert.Contains(problem!, found, StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private BookText Text(string? repository) => new(
        _folder.Root, repository,
        new Dictionary<string, string> { ["notebooks/01-next.ipynb"] = "notebooks/01-next.md", ["notebooks/solutions/01-next.ipynb"] = "notebooks/01-next.md#solutions" },
        new Dictionary<string, string> { ["Loss"] = "ArcFace.Loss" });

    private string Page(NotebookDocument notebook, NotebookDocument? solutions) =>
        new NotebookPage("01-next", Text(null), new BookFigures(_folder.Root, "01-next")).Create(notebook, solutions);

    private NotebookDocument Load(string name, params JsonObject[] cells) => NotebookDocument.Load(_folder.WriteNotebook(name, Notebooks.WithCells(cells)));
}
