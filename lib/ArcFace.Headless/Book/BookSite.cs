namespace ArcFace.Headless.Book;

/// <summary>The finished site: cleaned of what readers do not need, and checked.</summary>
internal static partial class BookSite
{
    private const long Largest = 40 << 20;

    /// <summary>Takes away source maps, and what tells of this machine.</summary>
    public static void Clean(string site)
    {
        foreach (string file in Directory.EnumerateFiles(site, "*.map", SearchOption.AllDirectories)
            .Concat([Path.Combine(site, "manifest.json"), Path.Combine(site, "xrefmap.yml")]).ToArray())
        {
            File.Delete(file);
        }
    }

    public static long SizeOf(string site) => Files(site).Sum(file => new FileInfo(file).Length);

    /// <summary>What is wrong with the site: links that go nowhere, scripts, styles and pictures from elsewhere, paths of this machine, its size.</summary>
    public static IEnumerable<string> Problems(string site, IReadOnlyList<string> machine)
    {
        Dictionary<string, HashSet<string>> pages = Files(site).ToDictionary(file => file, _ => new HashSet<string>());
        var links = new List<(string Page, string Tag, string Target)>();
        foreach (string file in pages.Keys.Where(file => Path.GetExtension(file) is ".html" or ".json" or ".yml" or ".ipynb"))
        {
            string text = File.ReadAllText(file);
            foreach (string folder in machine.Where(folder => text.Contains(folder, StringComparison.Ordinal)))
            {
                yield return $"{Path.GetRelativePath(site, file)} names '{folder}', a folder of this machine";
            }

            if (Path.GetExtension(file) == ".html")
            {
                pages[file].UnionWith(Anchor().Matches(text).Select(match => match.Groups[1].Value));
                links.AddRange(Attribute().Matches(text).Select(match => (file, match.Groups[1].Value, WebUtility.HtmlDecode(match.Groups[2].Value))));
            }
            else if (Path.GetFileName(file) == "toc.json")
            {
                links.AddRange(ContentsLink().Matches(text).Select(match => (file, "a", match.Groups[1].Value)));
            }
        }

        foreach ((string page, string tag, string target) in links.Distinct())
        {
            string[] parts = target.Split('#', 2);
            if (Uri.TryCreate(target, UriKind.Absolute, out Uri? address) && !address.IsFile)
            {
                if (tag != "a")
                {
                    yield return $"{Path.GetRelativePath(site, page)} takes {target} from elsewhere: the book needs no network";
                }
            }
            else if (!pages.TryGetValue(FileOf(parts[0], page), out HashSet<string>? anchors)
                || (parts.Length == 2 && parts[1] != "" && !anchors.Contains(Uri.UnescapeDataString(parts[1]))))
            {
                yield return $"{Path.GetRelativePath(site, page)} has a link that goes nowhere: {target}";
            }
        }

        if (SizeOf(site) is var size && size > Largest)
        {
            yield return $"the site has {size >> 20} MB; at most {Largest >> 20} MB are meant to be read on a telephone";
        }
    }

    private static string FileOf(string target, string page)
    {
        string path = Uri.UnescapeDataString(target.Split('?')[0]);
        string file = target == "" ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, path));
        return Directory.Exists(file) ? Path.Combine(file, "index.html") : file;
    }

    private static IEnumerable<string> Files(string site) => Directory.EnumerateFiles(site, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    [GeneratedRegex("""\s(?:id|name)="([^"]+)""")]
    private static partial Regex Anchor();

    [GeneratedRegex("""<(\w+)\s(?:[^<>]*?\s)?(?:href|src|data-figure)="([^"]*)["]""")]
    private static partial Regex Attribute();

    [GeneratedRegex("""(?:"href"|"topicHref"):"([^"]+)""")]
    private static partial Regex ContentsLink();
}
