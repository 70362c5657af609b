using System.Reflection;
using System.Runtime.Loader;

namespace ArcFace.Headless;

/// <summary>The plotly.js that lies inside Plotly.NET, so that no network is needed.</summary>
internal static class PlotlyScript
{
    // In a folder of its own: beside this program, a notebook's Plotly.NET would be taken from here.
    private static readonly Lazy<Assembly> Plotly = new(() =>
        new AssemblyLoadContext("plotly.js").LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "plotly", "Plotly.NET.dll")));

    public static void Save(string path)
    {
        string name = Plotly.Value.GetManifestResourceNames().Single(resource => resource.EndsWith(".min.js", StringComparison.Ordinal));
        using Stream script = Plotly.Value.GetManifestResourceStream(name)!;
        OutputFile.Write(path, script.CopyTo);
    }
}
