using System.Text.Json.Nodes;

namespace ArcFace.Headless.Tests.Book;

/// <summary>The book as its readers see it: every page in a real browser, from a local server, without a network.</summary>
/// <remarks>Its figures and outputs are made up here, since the series takes minutes to run; <c>ARCFACE_BOOK</c> names a book to look at instead.</remarks>
public sealed class BookInBrowserTests(BookInBrowserTests.Site site) : IClassFixture<BookInBrowserTests.Site>, IDisposable
{
    // Everything comes into view; then what was not drawn, what was not set, and how far the page is wider than the window.
    private const string Look = """
        (async () => {
          const until = async condition => { for (let i = 0; i < 200 && !condition(); i++) await new Promise(next => setTimeout(next, 25)); };
          await until(() => window.docfx?.ready);
          document.querySelectorAll("details").forEach(fold => fold.open = true);
          for (const place of document.querySelectorAll("[data-figure]")) {
            place.scrollIntoView({ behavior: "instant" });
            await until(() => place.dataset.drawn);
          }
          const formulas = [...document.querySelectorAll(".math")];
          await until(() => formulas.every(formula => formula.querySelector("mjx-container")));
          return {
            title: document.title,
            figures: document.querySelectorAll("[data-figure] .main-svg").length,
            missing: [...document.querySelectorAll("[data-figure]")].filter(place => !place.querySelector(".main-svg")).map(place => place.dataset.figure),
            raw: formulas.filter(formula => !formula.querySelector("mjx-container svg") || formula.querySelector("[data-mjx-error]")).map(formula => formula.textContent),
            source: [...document.querySelectorAll("article p, article li, article td")].map(part => part.innerText).filter(text => /\\[([]|\$\$/.test(text)),
            code: document.querySelectorAll("pre code.lang-csharp").length,
            coloured: document.querySelectorAll("pre code.lang-csharp.hljs").length,
            tooWide: document.documentElement.scrollWidth - window.innerWidth,
            dark: getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).every(part => part < 80),
          };
        })()
        """;

    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData(1200, "light")]
    [InlineData(360, "dark")]
    public async Task Every_page_opens_without_an_error_and_every_figure_and_formula_is_drawn(int width, string theme)
    {
        await using Browser browser = await Browser.StartAsync(_folder);
        string folder = await site.FolderAsync();
        using var server = new LocalServer(folder);
        string[] pages = [.. Directory.EnumerateFiles(folder, "*.html", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).Where(page => !page.EndsWith("toc.html", StringComparison.Ordinal))
            .Where(page => width > 800 || !page.StartsWith("api/", StringComparison.Ordinal) || page.Contains("MarginSoftmaxLoss", StringComparison.Ordinal))];
        int figures = 0;
        foreach (string page in pages)
        {
            await browser.OpenAsync(new Uri(server.Root, page), width, theme);
            JsonNode seen = (await browser.EvaluateAsync(Look))!;

            string[] wrong =
            [
                .. browser.TakeErrors(), .. Listed("missing"), .. Listed("raw"), .. Listed("source"),
                .. (int)seen["tooWide"]! > 0 ? [$"{seen["tooWide"]} pixels wider than the window"] : Array.Empty<string>(),
                .. (int)seen["code"]! != (int)seen["coloured"]! ? ["code without colours"] : Array.Empty<string>(),
                .. (bool)seen["dark"]! != (theme == "dark") ? [$"not {theme}"] : Array.Empty<string>(),
            ];
            Assert.True(wrong.Length == 0, $"{page}: {string.Join("; ", wrong)}");
            figures += (int)seen["figures"]!;

            IEnumerable<string> Listed(string list) => seen[list]!.AsArray().Select(item => $"{list}: {item}");
        }

        Assert.True(figures > 0);
        Assert.Contains("notebooks/00-start-here.html", pages);
        Assert.Contains("api/ArcFace.Losses.MarginSoftmaxLoss.html", pages);
    }

    [Fact]
    public async Task A_slider_that_is_moved_changes_the_picture()
    {
        await using Browser browser = await Browser.StartAsync(_folder);
        string folder = await site.FolderAsync();
        using var server = new LocalServer(folder);
        string page = Directory.EnumerateFiles(Path.Combine(folder, "notebooks", "figures"), "*.json", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).First(file => File.ReadAllText(file).Contains("\"sliders\":", StringComparison.Ordinal));
        await browser.OpenAsync(new Uri(server.Root, $"notebooks/{Path.GetFileName(Path.GetDirectoryName(page))}.html"));
        await browser.EvaluateAsync(Look);
        const string Grip = """
            (() => {
              const grip = document.querySelector("[data-figure] .slider-grip-rect");
              grip.scrollIntoView({ block: "center", behavior: "instant" });
              const { x, y, width, height } = grip.getBoundingClientRect();
              const rail = grip.closest(".slider-group").querySelector(".slider-rail-rect").getBoundingClientRect();
              const isLeft = x + width / 2 < rail.x + rail.width / 2;
              return { x: x + width / 2, y: y + height / 2, farEnd: isLeft ? rail.x + rail.width : rail.x };
            })()
            """;
        const string Picture = """document.querySelector(".slider-grip-rect").closest("[data-figure]").querySelector(".main-svg").innerHTML""";
        JsonNode grip = (await browser.EvaluateAsync(Grip))!;
        string before = (string)(await browser.EvaluateAsync(Picture))!;

        await browser.DragAsync((double)grip["x"]!, (double)grip["y"]!, (double)grip["farEnd"]!, (double)grip["y"]!);

        await browser.EvaluateAsync("new Promise(done => setTimeout(done, 1000))");
        Assert.NotEqual(before, (string)(await browser.EvaluateAsync(Picture))!);
        Assert.Empty(browser.TakeErrors());
    }

    [Fact]
    public async Task The_search_finds_sub_center()
    {
        await using Browser browser = await Browser.StartAsync(_folder);
        using var server = new LocalServer(await site.FolderAsync());
        await browser.OpenAsync(server.Root);
        const string Ready = """
            new Promise(done => { const look = () => window.docfx.searchReady ? done(document.getElementById("search-query").focus()) : setTimeout(look, 20); look(); })
            """;
        const string Found = """
            new Promise(done => { const look = () => window.docfx.searchResultReady ? done(document.getElementById("search-results").innerText) : setTimeout(look, 20); look(); })
            """;

        await browser.EvaluateAsync(Ready);
        await browser.TypeAsync("sub-center");

        Assert.Contains("08 · The margin family", (string)(await browser.EvaluateAsync(Found))!, StringComparison.Ordinal);
        Assert.Empty(browser.TakeErrors());
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The book, made once for all tests by the program itself.</summary>
    public sealed class Site : IDisposable
    {
        private readonly TestFolder _folder = new();
        private Task<string>? _site;

        /// <summary>The folder of the site. Where docfx is not restored the test is skipped.</summary>
        public Task<string> FolderAsync() => _site ??= MakeAsync();

        public void Dispose() => _folder.Dispose();

        private async Task<string> MakeAsync()
        {
            if (Environment.GetEnvironmentVariable("ARCFACE_BOOK") is { Length: > 0 } made)
            {
                Assert.SkipUnless(Directory.Exists(made), $"the book '{made}' is not made yet");
                return Path.GetFullPath(made);
            }

            foreach (string file in Directory.EnumerateFiles(EveryNotebook.Folder, "*.ipynb", SearchOption.AllDirectories))
            {
                NotebookDocument notebook = NotebookDocument.Load(file);
                int count = 0;
                foreach (NotebookCell cell in notebook.Cells.Where(cell => cell.IsCode && count++ % 5 == 2))
                {
                    cell.Json["outputs"] = Outputs();
                }

                notebook.Save(_folder.At(Path.Combine("executed", Path.GetRelativePath(EveryNotebook.Folder, file))));
            }

            (int code, string output, string error) = await HostProcess.RunAsync(
                _folder, "book", "--executed", _folder.At("executed"), "--output", _folder.At("book"));
            Assert.SkipWhen(error.Contains("is not restored", StringComparison.Ordinal), error);
            Assert.True(code == ExitCode.Passed, output + error);
            return _folder.At("book");
        }

        private static JsonArray Outputs() => (JsonArray)JsonNode.Parse($$$"""
            [{"output_type": "display_data", "metadata": {}, "data": {"{{{FigureImages.PlotlyMimeType}}}": {
                "data": [{"type": "scatter", "x": [1, 2, 3], "y": [1, 3, 2]}],
                "layout": {"width": 700, "height": 400, "title": {"text": "Made up"}, "sliders": [{"active": 0, "steps": [
                  {"label": "1", "method": "animate", "args": [["1"], {"mode": "immediate"}]}, {"label": "2", "method": "animate", "args": [["2"], {"mode": "immediate"}]}]}]},
                "frames": [{"name": "1", "data": [{"y": [1, 3, 2]}]}, {"name": "2", "data": [{"y": [3, 1, 2]}]}]}, "text/plain": "[figure] Made up"}},
             {"output_type": "stream", "name": "stdout", "text": "{{{new string('=', 200)}}}\n\nend"}]
            """)!;
    }
}
