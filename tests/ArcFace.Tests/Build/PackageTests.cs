using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ArcFace.Tests.Build;

/// <summary>The library as a package: what is in it. That a new project restores it and trains with it is seen by <c>.ci/package</c>.</summary>
public sealed partial class PackageTests(PackageTests.Packed packed) : IClassFixture<PackageTests.Packed>
{
    private const string Version = "0.1.0";

    [Fact]
    public void The_package_holds_library_documentation_readme_and_build_targets()
    {
        using ZipArchive package = packed.Open("nupkg");

        string[] names = [.. package.Entries.Select(entry => entry.FullName)];

        Assert.Superset(
            new HashSet<string>(["lib/net10.0/ArcFace.dll", "lib/net10.0/ArcFace.xml", "README.md", "buildTransitive/ArcFace.targets",
                "buildTransitive/WeakenGlibcxxRequirement.cs"]),
            names.ToHashSet());
        Assert.DoesNotContain(names, name => name.Contains("torch", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void The_package_tells_its_licence_readme_and_dependencies()
    {
        using ZipArchive package = packed.Open("nupkg");
        using Stream stream = package.GetEntry("ArcFace.nuspec")!.Open();
        XElement metadata = XDocument.Load(stream).Root!.Elements().Single();
        XElement Get(string name) => metadata.Descendants().First(element => element.Name.LocalName == name);

        Assert.Equal("MIT", Get("license").Value);
        Assert.Equal("README.md", Get("readme").Value);
        Assert.NotEmpty(Get("description").Value);
        string[] dependencies = [.. Get("dependencies").Descendants().Select(item => (string?)item.Attribute("id")).OfType<string>()];
        // Three are TorchSharp's own: NuGet names them since their versions are pinned here.
        string[] ofTorchSharp = ["Google.Protobuf", "SharpZipLib", "SkiaSharp"];
        Assert.Equal(["System.Numerics.Tensors", "TorchSharp", "TorchSharp.PyBridge"], dependencies.Except(ofTorchSharp).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_symbols_lie_in_a_package_of_their_own()
    {
        using ZipArchive symbols = packed.Open("snupkg");

        Assert.Contains(symbols.Entries, entry => entry.FullName == "lib/net10.0/ArcFace.pdb");
    }

    [Fact]
    public void The_readme_of_the_repository_shows_the_code_of_the_packages()
    {
        string root = File.ReadAllText(Path.Combine(DotnetCommand.Repository, "README.md"));

        Assert.Contains(Example(), root, StringComparison.Ordinal);
    }

    private static string Example()
    {
        string readme = File.ReadAllText(Path.Combine(DotnetCommand.Repository, "lib", "ArcFace", "README.md"));
        return Code().Match(readme).Groups[1].Value;
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Code();

    /// <summary>The library as these tests were built with it, packed once.</summary>
    public sealed class Packed : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();

        /// <summary>Where the packages lie.</summary>
        public string Folder => _folder.Path;

        public async ValueTask InitializeAsync()
        {
            string configuration = Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))!);
            (int code, string output) = await DotnetCommand.RunAsync(
                DotnetCommand.Repository, [], "pack", "lib/ArcFace", "--no-build", "-c", configuration, "-o", Folder, $"-p:Version={Version}");
            Assert.True(code == 0, output);
        }

        public ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }

        internal ZipArchive Open(string kind) => ZipFile.OpenRead(Path.Combine(Folder, $"ArcFace.{Version}.{kind}"));
    }
}
