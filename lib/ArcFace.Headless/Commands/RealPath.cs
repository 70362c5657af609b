namespace ArcFace.Headless.Commands;

/// <summary>Where a path leads when every symbolic link on the way is followed; links that lead in a circle are left.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;

    public static string Of(string path)
    {
        int links = 0;
        return Follow(path);

        string Follow(string from)
        {
            string full = Path.GetFullPath(from);
            string real = Path.GetPathRoot(full)!;
            foreach (string part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
            {
                string next = Path.Combine(real, part);
                real = new FileInfo(next).LinkTarget is { } target && links++ < MostLinks ? Follow(Path.Combine(real, target)) : next;
            }

            return real;
        }
    }

    /// <summary>Where a file would be put in place: the links of its folder are followed; one in the file's place is replaced.</summary>
    public static string OfNewFile(string path) =>
        Path.Combine(Of(Path.GetDirectoryName(Path.GetFullPath(path))!), Path.GetFileName(path));
}
