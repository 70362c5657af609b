using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ArcFace.Tests.Build;

/// <summary>The dev containers keep the rules of the dev container schema, and their system is one on which libtorch loads.</summary>
public sealed partial class DevContainerTests
{
    // The properties of devcontainer.json that are used here, and what the schema says each of them is.
    private static readonly Dictionary<string, Func<JsonNode, bool>> Schema = new()
    {
        ["name"] = IsText,
        ["image"] = IsText,
        ["runArgs"] = node => node is JsonArray items && items.All(IsText),
        ["hostRequirements"] = IsHostRequirements,
        ["containerEnv"] = node => node is JsonObject members && members.All(member => IsText(member.Value)),
        ["customizations"] = node => node is JsonObject,
        ["postCreateCommand"] = IsText,
        ["waitFor"] = node => Text(node) is "initializeCommand" or "onCreateCommand" or "updateContentCommand" or "postCreateCommand" or "postStartCommand",
    };

    // The C++ library's and the C library's newest versions in what an image can be based on; libtorch needs 3.4.30 and 2.34.
    private static readonly Dictionary<string, (Version Cxx, Version C)> Distributions = new()
    {
        ["bullseye"] = (new(3, 4, 28), new(2, 31)),
        ["bookworm"] = (new(3, 4, 30), new(2, 36)),
        ["trixie"] = (new(3, 4, 33), new(2, 41)),
        ["focal"] = (new(3, 4, 28), new(2, 31)),
        ["jammy"] = (new(3, 4, 30), new(2, 35)),
        ["noble"] = (new(3, 4, 33), new(2, 39)),
    };

    public static TheoryData<string> Files => [".devcontainer/devcontainer.json", ".devcontainer/gpu/devcontainer.json"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_property_is_one_of_the_schema_and_of_its_kind(string file) =>
        Assert.All(Read(file), member => Assert.True(
            Schema.TryGetValue(member.Key, out Func<JsonNode, bool>? fits) && fits(member.Value!), $"{member.Key}: {member.Value?.ToJsonString()}"));

    [Theory]
    [MemberData(nameof(Files))]
    public void The_image_is_that_of_the_sdk_in_global_json_on_a_system_where_libtorch_loads(string file)
    {
        Match image = Image().Match(Text(Read(file)["image"])!);
        Assert.True(image.Success);

        string sdk = (string)JsonNode.Parse(File.ReadAllText(At("global.json")))!["sdk"]!["version"]!;
        Assert.StartsWith(image.Groups["dotnet"].Value + ".", sdk, StringComparison.Ordinal);
        (Version cxx, Version c) = Distributions[image.Groups["distribution"].Value];
        Assert.True(cxx >= new Version(3, 4, 30), $"GLIBCXX {cxx}");
        Assert.True(c >= new Version(2, 34), $"glibc {c}");
        Assert.Contains("--platform=linux/amd64", Read(file)["runArgs"]!.AsArray().Select(Text));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void On_opening_the_build_and_the_Jupyter_kernel_are_there_without_a_secret_or_a_click(string file)
    {
        JsonObject container = Read(file);

        string[] commands = Text(container["postCreateCommand"])!.Split(" && ");
        Assert.Equal(
            ["dotnet build", "dotnet tool restore", "mkdir -p ~/.local/share/jupyter/kernels", "dotnet interactive jupyter install"], commands);
        Assert.Equal("postCreateCommand", Text(container["waitFor"]));
        Assert.DoesNotContain("localEnv", container.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secret", container.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        string?[] extensions = [.. container["customizations"]!["vscode"]!["extensions"]!.AsArray().Select(Text)];
        Assert.Contains("ms-dotnettools.dotnet-interactive-vscode", extensions);
        Assert.Contains("ms-toolsai.jupyter", extensions);
        Assert.All(extensions, extension => Assert.Matches(@"^[a-z0-9-]+\.[a-z0-9-]+$", extension));
    }

    [Fact]
    public void The_tools_that_it_restores_have_a_version_each()
    {
        JsonObject tools = Read(".config/dotnet-tools.json")["tools"]!.AsObject();

        Assert.Contains("microsoft.dotnet-interactive", tools.Select(tool => tool.Key));
        Assert.All(tools, tool => Assert.Matches(@"^\d+\.\d+\.\d+$", Text(tool.Value!["version"])));
    }

    [Fact]
    public void The_one_for_GPUs_asks_for_one_and_builds_for_it_and_the_other_does_neither()
    {
        JsonObject gpu = Read(".devcontainer/gpu/devcontainer.json");
        JsonObject cpu = Read(".devcontainer/devcontainer.json");

        Assert.True((bool)gpu["hostRequirements"]!["gpu"]!);
        Assert.Equal("cuda", Text(gpu["containerEnv"]!["TorchBackend"]));
        Assert.Null(cpu["hostRequirements"]!["gpu"]);
        Assert.Null(cpu["containerEnv"]);
    }

    private static JsonObject Read(string file) => JsonNode.Parse(File.ReadAllText(At(file)))!.AsObject();

    private static string At(string file) => Path.Combine(DotnetCommand.Repository, file);

    private static bool IsText(JsonNode? node) => Text(node) is { Length: > 0 };

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static bool IsHostRequirements(JsonNode node) => node is JsonObject members && members.All(member => member.Key switch
    {
        "cpus" => member.Value is JsonValue value && value.TryGetValue(out int count) && count >= 1,
        "memory" or "storage" => Text(member.Value) is { } size && Size().IsMatch(size),
        "gpu" => member.Value is JsonValue value && (value.TryGetValue(out bool _) || Text(value) == "optional"),
        _ => false,
    });

    [GeneratedRegex(@"^mcr\.microsoft\.com/devcontainers/dotnet:\d+-(?<dotnet>\d+\.\d+)-(?<distribution>[a-z]+)$")]
    private static partial Regex Image();

    [GeneratedRegex(@"^\d+([tgmk]b)?$")]
    private static partial Regex Size();
}
