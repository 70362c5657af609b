namespace ArcFace.Headless.Running;

/// <summary>Takes this machine's folders out of a notebook's outputs: an executed notebook is read elsewhere, and must not differ from one
/// machine to the next. A path below the repository becomes relative to it; the home and the temporary folder become <c>~</c> and
/// <c>&lt;temp&gt;</c>.</summary>
internal sealed class MachinePaths
{
    private readonly List<(Regex Folder, string Instead)> _folders = [];

    /// <summary>For a notebook that lies in one folder and has another for what is temporary.</summary>
    public MachinePaths(string folder, string temporary)
    {
        Add(Repository.FindAbove(folder) ?? folder, ".");
        Add(Repository.FindAbove(AppContext.BaseDirectory) ?? "", "."); // where the library lies, whose code stack traces name
        Add(temporary, "<temp>");
        Add(Path.GetTempPath(), "<temp>");
        Add(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "~");
    }

    /// <summary>The text, which may be JSON, without the folders.</summary>
    public string RemoveFrom(string text) => _folders.Aggregate(text, (rest, folder) => folder.Folder.Replace(rest, folder.Instead));

    private void Add(string folder, string instead)
    {
        string path = Path.TrimEndingDirectorySeparator(folder);

        // A home at the root of the file system would match every path.
        if (path.Length == 0 || path == Path.GetPathRoot(path))
        {
            return;
        }

        // As part of a file's URL the path has forward slashes on every system; in JSON it has two backslashes, and characters as \u00e9.
        string either = string.Concat(path.Select(character => character switch
        {
            '\\' => @"(?:\\{1,2}|/)",
            _ when char.IsAsciiLetterOrDigit(character) => character.ToString(),
            _ => $@"(?:{Regex.Escape(character.ToString())}|\\u(?i:{(int)character:x4}))",
        }));
        string whole = $@"(?:(?<![\w.~-])|(?<=\\[nrt])){either}(?![\w-]|\.\w)";
        _folders.Add((new Regex(whole, OperatingSystem.IsWindows() ? RegexOptions.IgnoreCase : RegexOptions.None), instead));
    }
}
