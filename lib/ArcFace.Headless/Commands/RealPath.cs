namespace ArcFace.Headless.Commands;

/// <summary>Where a path leads when every symbolic link on the way is followed; links that lead in a circle are left.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;

    public static string Of(string path)
    {
        int links = 0;
        return Follow(path, ref links);
    }

    /// <summary>Where a file would be put in place: the links of its folder are followed; one in the file's place is replaced.</summary>
    public static string OfNewFile(string path) =>
        Path.Combine(Of(Path.GetDirectoryName(Path.GetFullPath(path))!), Path.GetFileName(path));

    private static string Follow(string path, ref int links)
    {
        string full = Path.GetFullPath(path);
        string real = Path.GetPathRoot(full)!;
        foreach (string part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            string parent = real;
            real = Path.Combine(parent, part);
            if (links < MostLinks && new FileInfo(real).LinkTarget is { } target)
            {
                links++;
                real = Follow(Path.Combine(parent, target), ref links);
            }
        }

        return real;
    }
}
