using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ArcFace.Tests.Build;

/// <summary>The library as a package: what is in it, and that a project of its own can train with it.</summary>
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

    [Fact]
    public async Task A_new_project_that_references_the_package_runs_the_readmes_example_and_its_loss_falls()
    {
        using var folder = new TemporaryFolder();
        string project = Directory.CreateDirectory(folder["app"]).FullName;
        await File.WriteAllTextAsync(Path.Combine(project, "Program.cs"), Example(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(project, "App.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <RestoreAdditionalProjectSources>{packed.Folder}</RestoreAdditionalProjectSources>
                <RestorePackagesPath>{folder["packages"]}</RestorePackagesPath>
                <RestoreFallbackFolders>{PackageCache()}</RestoreFallbackFolders>
                <CreateHardLinksForCopyFilesToOutputDirectoryIfPossible>true</CreateHardLinksForCopyFilesToOutputDirectoryIfPossible>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="ArcFace" Version="{Version}" />
                <PackageReference Include="{Libtorch}" Version="{Metadata("LibTorchVersion")}" />
              </ItemGroup>
            </Project>
            """, TestContext.Current.CancellationToken);

        (int built, string log) = await DotnetCommand.RunAsync(project, [], "build", "-o", "out");
        Assert.True(built == 0, log);
        (int code, string output) = await DotnetCommand.RunAsync(project, [], Path.Combine("out", "App.dll"));

        Assert.True(code == 0, output);
        double[] losses = [.. Loss().Matches(output).Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
        Assert.Equal(4, losses.Length);
        Assert.True(losses[^1] < losses[0], output);
    }

    private static string Example()
    {
        string readme = File.ReadAllText(Path.Combine(DotnetCommand.Repository, "lib", "ArcFace", "README.md"));
        return Code().Match(readme).Groups[1].Value;
    }

    // Where this build has its packages from: the new project takes them from there, and keeps nothing but ArcFace for itself.
    private static string PackageCache()
    {
        return Path.GetFullPath(Path.Combine(Metadata("TorchSharpPackage"), "..", ".."));
    }

    private static string Libtorch =>
        OperatingSystem.IsWindows() ? "libtorch-cpu-win-x64" : OperatingSystem.IsMacOS() ? "libtorch-cpu-osx-arm64" : "libtorch-cpu-linux-x64";

    private static string Metadata(string key) => typeof(PackageTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"loss (\d+\.\d+)")]
    private static partial Regex Loss();

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
