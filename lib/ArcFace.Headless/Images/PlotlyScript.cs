using System.Runtime.Loader;

namespace ArcFace.Headless;

/// <summary>The plotly.js that lies inside Plotly.NET, so that no network is needed.</summary>
internal static class PlotlyScript
{
    // In a folder of its own: beside this program, a notebook's Plotly.NET would be taken from here.
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "plotly", "Plotly.NET.dll");

    /// <summary>Writes the script to <paramref name="path"/>.</summary>
    public static void Save(string path)
    {
        var context = new AssemblyLoadContext("plotly.js", isCollectible: true);
        try
        {
            System.Reflection.Assembly plotly = context.LoadFromAssemblyPath(Assembly);
            string name = plotly.GetManifestResourceNames().Single(resource => resource.EndsWith(".min.js", StringComparison.Ordinal));
            using Stream script = plotly.GetManifestResourceStream(name)!;
            OutputFile.Write(path, script.CopyTo);
        }
        finally
        {
            context.Unload();
        }
    }
}
