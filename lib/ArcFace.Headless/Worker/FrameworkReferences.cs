using Microsoft.CodeAnalysis;

namespace ArcFace.Headless.Worker;

/// <summary>The assemblies of .NET itself, without those that this host brings along: a cell must not come to need them.</summary>
internal static class FrameworkReferences
{
    private static readonly IReadOnlyDictionary<string, string> PathsByName = Find();

    public static bool Contains(string assemblyName) => PathsByName.ContainsKey(assemblyName);

    public static IReadOnlyList<MetadataReference> Load() =>
        [.. PathsByName.Values.Select(path => MetadataReference.CreateFromFile(path))];

    private static Dictionary<string, string> Find()
    {
        string folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string trusted = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        return trusted.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(path => Path.GetDirectoryName(path) == folder)
            .Distinct()
            .ToDictionary(path => Path.GetFileNameWithoutExtension(path), StringComparer.OrdinalIgnoreCase);
    }
}
