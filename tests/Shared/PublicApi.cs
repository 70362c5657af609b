using System.Reflection;
using PublicApiGenerator;

namespace ArcFace.Tests;

/// <summary>Holds the public surface of an assembly against the file that a reviewer sees change.</summary>
internal static class PublicApi
{
    private const string AcceptVariable = "ARCFACE_ACCEPT_API";

    /// <summary>Requires the surface to be that of <c>PublicApi.txt</c> in the folder of the test project.</summary>
    public static void RequireApproved(Assembly assembly)
    {
        string folder = typeof(PublicApi).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(pair => pair.Key == "ProjectFolder").Value!;
        string file = Path.Combine(folder, "PublicApi.txt");
        string surface = assembly.GeneratePublicApi(new() { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1")
        {
            File.WriteAllText(file, surface);
        }

        string[] approved = File.Exists(file) ? File.ReadAllLines(file) : [];
        string[] now = surface.Split('\n');
        IEnumerable<string> changes = [.. approved.Except(now).Select(line => $"- {line.Trim()}"), .. now.Except(approved).Select(line => $"+ {line.Trim()}")];
        Assert.True(
            string.Join('\n', approved).TrimEnd() == surface.TrimEnd(),
            $"The public surface of {assembly.GetName().Name} is not that of {file}. If the change is meant, run this test with {AcceptVariable}=1 and commit the file."
            + Environment.NewLine + string.Join(Environment.NewLine, changes));
    }
}
