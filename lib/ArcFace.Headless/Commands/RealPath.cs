namespace ArcFace.Headless.Commands;

/// <summary>Where a path leads when every symbolic link on the way is followed.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;

    /// <exception cref="IOException">The links lead in a circle.</exception>
    public static string Of(string path, int links = 0)
    {
        string full = Path.GetFullPath(path);
        string real = Path.GetPathRoot(full)!;
        foreach (string part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            string parent = real;
            real = Path.Combine(parent, part);
            if (new FileInfo(real).LinkTarget is { } target)
            {
                real = links < MostLinks ? Of(Path.Combine(parent, target), links + 1) : throw new IOException($"'{path}' is a circle of links");
            }
        }

        return real;
    }

    /// <summary>Where a file would be put in place: the links of its folder are followed; one in the file's place is replaced.</summary>
    public static string OfNewFile(string path) =>
        Path.Combine(Of(Path.GetDirectoryName(Path.GetFullPath(path))!), Path.GetFileName(path));
}
