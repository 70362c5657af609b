using System.Text.Json.Nodes;

namespace ArcFace.Tests.Build;

/// <summary>Which libtorch a build asks for.</summary>
public sealed class TorchBackendTests
{
    private const string Property = "TorchBackend";
    private const string Existing = "ARCFACE_LIBTORCH";

    [Fact]
    public async Task The_default_asks_for_this_platforms_cpu_libtorch_and_for_nothing_of_cuda()
    {
        string[] packages = await PackagesAsync(backend: null, existing: null);

        Assert.Single(packages, name => name.StartsWith("libtorch-cpu-", StringComparison.Ordinal));
        Assert.DoesNotContain(packages, name => name.Contains("cuda", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void What_was_restored_by_default_holds_nothing_of_cuda_in_any_depth()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable(Property) is null or "cpu", $"{Property} is set: this is not the default restore");
        string assets = File.ReadAllText(Path.Combine(DotnetCommand.Repository, "lib", "ArcFace.Notebooks", "obj", "project.assets.json"));

        string[] libraries = [.. JsonNode.Parse(assets)!["libraries"]!.AsObject().Select(library => library.Key)];

        Assert.Contains(libraries, name => name.StartsWith("TorchSharp/", StringComparison.Ordinal));
        Assert.DoesNotContain(libraries, name => name.Contains("cuda", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Cuda_asks_for_the_cuda_package_instead()
    {
        Assert.SkipWhen(OperatingSystem.IsMacOS(), "there is no CUDA on macOS");
        string[] packages = await PackagesAsync("cuda", existing: null);

        Assert.Single(packages, name => name == (OperatingSystem.IsWindows() ? "TorchSharp-cuda-windows" : "TorchSharp-cuda-linux"));
        Assert.DoesNotContain(packages, name => name.StartsWith("libtorch-cpu", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("none", null)]
    [InlineData(null, "somewhere")]
    public async Task A_libtorch_from_elsewhere_leaves_the_build_without_one(string? backend, string? existing)
    {
        string[] packages = await PackagesAsync(backend, existing);

        Assert.Contains("Plotly.NET", packages);
        Assert.DoesNotContain(packages, name => name.Contains("libtorch", StringComparison.Ordinal) || name.StartsWith("TorchSharp-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unknown_backend_is_an_error_that_names_the_known_ones()
    {
        (int code, string output) = await DotnetCommand.RunAsync(
            DotnetCommand.Repository, Variables("gpu", null), "msbuild", "lib/ArcFace.Notebooks/ArcFace.Notebooks.csproj", "-t:CollectPackageReferences");

        Assert.NotEqual(0, code);
        Assert.Contains("TorchBackend is 'gpu'; it can be cpu, cuda", output, StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Variables(string? backend, string? existing) => new() { [Property] = backend, [Existing] = existing };

    private static async Task<string[]> PackagesAsync(string? backend, string? existing)
    {
        (int code, string output) = await DotnetCommand.RunAsync(
            DotnetCommand.Repository, Variables(backend, existing), "msbuild", "lib/ArcFace.Notebooks/ArcFace.Notebooks.csproj", "-getItem:PackageReference");
        Assert.True(code == 0, output);
        return [.. JsonNode.Parse(output)!["Items"]!["PackageReference"]!.AsArray().Select(item => (string)item!["Identity"]!)];
    }
}
