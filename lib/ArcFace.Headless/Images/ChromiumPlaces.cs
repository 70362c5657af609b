namespace ArcFace.Headless;

/// <summary>Where browsers of the Chromium family lie.</summary>
internal static class ChromiumPlaces
{
    private static readonly string[] Names =
    [
        "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "chrome-headless-shell", "microsoft-edge", "msedge",
    ];

    private static readonly string[] Endings = OperatingSystem.IsWindows() ? ["", ".exe", ".cmd"] : [""];

    /// <summary>The program that <paramref name="name"/> means: a path, or a name to look for in PATH.</summary>
    public static string? Named(string name) => File.Exists(name) ? Path.GetFullPath(name) : InSearchPath(name);

    /// <summary>The first browser under one of its usual names, in PATH or where installers put it.</summary>
    public static string? Usual() => Names.Select(InSearchPath).FirstOrDefault(path => path is not null) ?? Installed().FirstOrDefault(File.Exists);

    private static string? InSearchPath(string name) =>
        (from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
         from ending in Endings
         let path = Path.Combine(folder, name + ending)
         where File.Exists(path)
         select path).FirstOrDefault();

    private static IEnumerable<string> Installed()
    {
        if (OperatingSystem.IsMacOS())
        {
            string[] names = ["Chromium", "Google Chrome", "Microsoft Edge"];
            return names.Select(name => $"/Applications/{name}.app/Contents/MacOS/{name}");
        }

        Environment.SpecialFolder[] roots = OperatingSystem.IsWindows()
            ? [Environment.SpecialFolder.ProgramFiles, Environment.SpecialFolder.ProgramFilesX86, Environment.SpecialFolder.LocalApplicationData]
            : [];
        string[] programs = [@"Google\Chrome\Application\chrome.exe", @"Chromium\Application\chrome.exe", @"Microsoft\Edge\Application\msedge.exe"];
        return programs.SelectMany(program => roots.Select(root => Path.Combine(Environment.GetFolderPath(root), program)));
    }
}
