namespace ArcFace.Headless;

/// <summary>The folder that everything else is found from.</summary>
internal static class Repository
{
    private const string Landmark = "ArcFaceNotebooks.sln";

    /// <summary>Looks upwards from the current folder, then from this program's.</summary>
    public static string? FindRoot() => FindAbove(Environment.CurrentDirectory) ?? FindAbove(AppContext.BaseDirectory);

    /// <summary>Looks in <paramref name="folder"/> and in those above it.</summary>
    public static string? FindAbove(string? folder) =>
        folder is null || File.Exists(Path.Combine(folder, Landmark)) ? folder : FindAbove(Path.GetDirectoryName(folder));
}
