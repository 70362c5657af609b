using System.Text.Json.Nodes;

namespace ArcFace.Headless.Tests.Book;

/// <summary>The book as its readers see it: every page in a real browser, from a local server, without a network.</summary>
/// <remarks>It is the one in artifacts/book, where the program makes it: that takes the series' minutes, and .ci/run does it after the tests.</remarks>
public sealed class BookInBrowserTests : IDisposable
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
        string folder = MadeBook();
        await using Browser browser = await Browser.StartAsync(_folder);
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
        string folder = MadeBook();
        await using Browser browser = await Browser.StartAsync(_folder);
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
        using var server = new LocalServer(MadeBook());
        await using Browser browser = await Browser.StartAsync(_folder);
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

    private static string MadeBook()
    {
        string folder = Path.GetFullPath(Path.Combine(EveryNotebook.Folder, "..", "artifacts", "book"));
        Assert.SkipUnless(Directory.Exists(folder), "there is no book yet: 'dotnet run --project lib/ArcFace.Headless -- book' makes it");
        return folder;
    }
}
