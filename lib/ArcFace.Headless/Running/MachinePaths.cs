using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ArcFace.Headless.Running;

/// <summary>
/// Takes this machine's folders out of a notebook's outputs: an executed notebook is read elsewhere, and must not differ from one
/// machine to the next. A path below the repository becomes relative to it; the home and the temporary folder become
/// <c>~</c> and <c>&lt;temp&gt;</c>.
/// </summary>
internal sealed class MachinePaths
{
    private readonly List<(Regex Folder, string Instead)> _folders = [];

    /// <param name="notebookFolder">Where the notebook lies.</param>
    public MachinePaths(string notebookFolder)
    {
        string folder = Path.GetFullPath(notebookFolder);
        Add(Repository.FindAbove(folder) ?? folder, ".");
        Add(Repository.FindAbove(AppContext.BaseDirectory) ?? "", "."); // where the library lies, whose code stack traces name
        Add(Path.GetTempPath(), "<temp>");
        Add(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "~");
    }

    /// <summary>Changes every text in <paramref name="node"/> that names one of the folders, in place.</summary>
    public void RemoveFrom(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (string name in members.Select(member => member.Key).ToArray())
                {
                    RemoveFrom(members[name]);
                }

                break;
            case JsonArray items:
                foreach (JsonNode? item in items.ToArray())
                {
                    RemoveFrom(item);
                }

                break;
            case JsonValue value when value.TryGetValue(out string? text) && RemoveFrom(text) is var clean && clean != text:
                value.ReplaceWith(clean);
                break;
            default:
                break;
        }
    }

    /// <summary>The text without the folders.</summary>
    public string RemoveFrom(string text) => _folders.Aggregate(text, (rest, folder) => folder.Folder.Replace(rest, folder.Instead));

    private void Add(string folder, string instead)
    {
        string path = Path.TrimEndingDirectorySeparator(folder);

        // A home at the root of the file system would match every path.
        if (path.Length == 0 || path == Path.GetPathRoot(path))
        {
            return;
        }

        // As part of a file's URL the path has forward slashes on every system.
        string either = Regex.Escape(path).Replace(@"\\", @"(?:\\|/)", StringComparison.Ordinal);
        var whole = new Regex($@"(?<![\w.~-]){either}(?![\w-]|\.\w)", OperatingSystem.IsWindows() ? RegexOptions.IgnoreCase : RegexOptions.None);
        _folders.Add((whole, instead));
    }
}
