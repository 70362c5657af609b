namespace ArcFace.Headless.Book;

/// <summary>A text of the repository as docfx is to read it: formulas where Markdown sees no signs of its own in them, links to where things
/// stand in the book, and types of the library linked to the reference.</summary>
/// <remarks>The repository at <paramref name="root"/> has an address in the web, or null. Pages are named by the file that each is made of, both
/// relative; the uids of the library's public types by the types' names.</remarks>
internal sealed partial class BookText(
    string root, string? repository, IReadOnlyDictionary<string, string> pages, IReadOnlyDictionary<string, string> types)
{
    private readonly SortedSet<string> _images = new(StringComparer.Ordinal);

    /// <summary>The pictures that the texts show, relative to the repository; they stand at the same place in the book.</summary>
    public IReadOnlyCollection<string> Images => _images;

    /// <summary>The text for docfx. Its links start from <paramref name="folder"/>, where it stands in the repository; no link holds another.</summary>
    public string Convert(string markdown, string folder, bool inLink = false) => Parts().Replace(markdown, part =>
        part.Groups["display"].Success ? Formula(part.Groups["display"].Value, isDisplayed: true)
        : part.Groups["math"].Success ? Formula(part.Groups["math"].Value, isDisplayed: false)
        : part.Groups["target"].Success ? Link(part, folder)
        : !inLink && types.TryGetValue(TypeName().Match(part.Groups["code"].Value).Groups[1].Value, out string? uid) ? $"[{part.Value}](xref:{uid})"
        : part.Value == "@" ? "&#64;"
        : part.Value);

    /// <summary>A heading as HTML.</summary>
    public static string Heading(string markdown) => Parts().Replace(WebUtility.HtmlEncode(markdown), part => part.Groups["math"].Success
        ? Formula(WebUtility.HtmlDecode(part.Groups["math"].Value), isDisplayed: false)
        : part.Value.Trim('`'));

    /// <summary>Where a file of the repository stands in the web, or null where that is not known.</summary>
    public string? SourceOf(string path) => repository is null ? null : $"{repository.TrimEnd('/')}/blob/main/{path}";

    private string Link(Match link, string folder)
    {
        string text = Convert(link.Groups["text"].Value, folder, inLink: true);
        string target = link.Groups["target"].Value;
        if (target.StartsWith('#') || Uri.TryCreate(target, UriKind.Absolute, out _))
        {
            return $"{link.Groups["image"].Value}[{text}]({target})";
        }

        string[] parts = target.Split('#', 2);
        string path = Path.GetRelativePath(root, Path.GetFullPath(Path.Combine(root, folder, parts[0]))).Replace('\\', '/');
        if (link.Groups["image"].Success)
        {
            _images.Add(path);
            return $"![{text}](~/{path})";
        }

        string? address = pages.TryGetValue(path, out string? page) ? $"~/{page}" : SourceOf(path);
        string fragment = parts.Length == 1 || page?.Contains('#', StringComparison.Ordinal) == true ? "" : $"#{parts[1]}";
        return address is null ? text : $"[{text}]({address}{fragment})";
    }

    // Every sign as a number: Markdown takes none of them for its own, in tables neither.
    private static string Formula(string tex, bool isDisplayed)
    {
        string whole = isDisplayed ? $@"\[{tex.Trim()}\]" : $@"\({tex}\)";
        string literal = string.Concat(whole.Select(sign => char.IsAsciiLetterOrDigit(sign) || sign == ' ' || sign > 127 ? $"{sign}" : $"&#{(int)sign};"));
        return $"""<span class="math{(isDisplayed ? " display" : "")}">{literal}</span>""";
    }

    [GeneratedRegex(
        """
        (?m)^[ ]*(?<fence>```+|~~~+)[^\n]*\n(?s:.*?)^[ ]*\k<fence>[ ]*$
        | (?<ticks>`+)(?<code>[^`]+)\k<ticks>(?!`)
        | (?<!\\)\$\$(?<display>[^$]+)\$\$
        | (?<![\\$])\$(?<math>[^$\s](?:[^$]*?[^$\s\\])?)\$(?![\d$])
        | @  # which docfx would take for a reference
        | (?<image>!)?\[(?<text>(?:`[^`]*`|[^\[\]`])*)\]\((?<target>[^()\s]+)\)
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Parts();

    [GeneratedRegex(@"^(?:new )?(\w+)(?:\.\w+)?(?:\(.*\))?$")]
    private static partial Regex TypeName();
}
