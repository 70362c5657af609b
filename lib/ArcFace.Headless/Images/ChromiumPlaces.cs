namespace ArcFace.Headless;

/// <summary>Where browsers of the Chromium family lie.</summary>
internal static class ChromiumPlaces
{
    private static readonly string[] Names =
    [
        "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "chrome-headless-shell", "microsoft-edge", "msedge",
    ];

    /// <summary>The program that <paramref name="name"/> means: a path, or a name to look for in PATH.</summary>
    public static string? Named(string name) => File.Exists(name) ? Path.GetFullPath(name) : InSearchPath(name);

    /// <summary>The first browser under one of its usual names, in PATH or where installers put it.</summary>
    public static string? Usual() => Names.Select(InSearchPath).FirstOrDefault(path => path is not null) ?? Installed().FirstOrDefault(File.Exists);

    private static string? InSearchPath(string name)
    {
        string[] endings = OperatingSystem.IsWindows() ? ["", ".exe", ".cmd"] : [""];
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return (from folder in folders
                from ending in endings
                let path = Path.Combine(folder, name + ending)
                where File.Exists(path)
                select path).FirstOrDefault();
    }

    private static IEnumerable<string> Installed()
    {
        if (OperatingSystem.IsMacOS())
        {
            string[] names = ["Chromium", "Google Chrome", "Microsoft Edge"];
            return names.Select(name => $"/Applications/{name}.app/Contents/MacOS/{name}");
        }

        if (!OperatingSystem.IsWindows())
        {
            return [];
        }

        Environment.SpecialFolder[] roots =
        [
            Environment.SpecialFolder.ProgramFiles, Environment.SpecialFolder.ProgramFilesX86, Environment.SpecialFolder.LocalApplicationData,
        ];
        string[] programs =
        [
            Path.Combine("Google", "Chrome", "Application", "chrome.exe"),
            Path.Combine("Chromium", "Application", "chrome.exe"),
            Path.Combine("Microsoft", "Edge", "Application", "msedge.exe"),
        ];
        return programs.SelectMany(program => roots.Select(root => Path.Combine(Environment.GetFolderPath(root), program)));
    }
}
