using System.Text.RegularExpressions;
using TorchSharp;

namespace ArcFace.Notebooks;

/// <summary>The libtorch of a PyTorch that is installed already, in place of the one that a build brings.</summary>
internal static partial class ExistingLibtorch
{
    /// <summary>The environment variable that names the folder: PyTorch's own (<c>site-packages/torch</c>), or its <c>lib</c>.</summary>
    public const string Variable = "ARCFACE_LIBTORCH";

    /// <summary>The folder of TorchSharp, where the libtorch that a build brings lies beside it.</summary>
    public static string TorchSharpFolder { get; } = Path.GetDirectoryName(typeof(torch).Assembly.Location)!;

    /// <summary>The folder with the libraries, or null where the variable is not set.</summary>
    /// <exception cref="InvalidOperationException">There is no libtorch in the folder that the variable names.</exception>
    public static string? Folder() => EnvironmentVariable.Read(Variable) is { } named ? FolderAt(named) : null;

    /// <summary>Loads the libtorch that the variable names, if it names one, so that TorchSharp finds it loaded.</summary>
    /// <exception cref="InvalidOperationException">It is none, is of another version, or cannot be loaded.</exception>
    public static void Load()
    {
        if (Folder() is not { } folder)
        {
            return;
        }

        Require(folder, TorchSharpFolder);

        // Each finds the ones before it loaded already. Those for CUDA are there or not.
        string[] names = ["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"];
        foreach (string file in names.Select(name => Path.Combine(folder, FileName(name))).Where(File.Exists))
        {
            try
            {
                NativeLibrary.Load(file);
            }
            catch (DllNotFoundException error)
            {
                throw new InvalidOperationException($"{Variable}: '{file}' does not load: {error.Message}", error);
            }
        }
    }

    /// <summary>What a library of libtorch is called on this system.</summary>
    internal static string FileName(string name) =>
        OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";

    internal static string FolderAt(string named)
    {
        string[] places = [named, Path.Combine(named, "lib")];
        return places.FirstOrDefault(place => File.Exists(Path.Combine(place, FileName("torch_cpu"))))
            ?? throw new InvalidOperationException(
                $"{Variable} is '{named}', and there is no {FileName("torch_cpu")} in it or in its lib folder: "
                + "name the folder 'torch' of an installed PyTorch, or unset the variable and run 'dotnet build' again");
    }

    /// <summary>Checks that the libtorch in <paramref name="folder"/> can be loaded beside TorchSharp in <paramref name="torchSharp"/>.</summary>
    internal static void Require(string folder, string torchSharp)
    {
        // Two libtorch in one process end it, with a message about operators that are registered twice.
        if (File.Exists(Path.Combine(torchSharp, FileName("torch_cpu"))))
        {
            throw new InvalidOperationException(
                $"{Variable} is set, but this build has brought a libtorch of its own: run 'dotnet build' with the variable set, "
                + "which leaves it out, or unset the variable");
        }

        // Not torch.__version__: to touch it loads libtorch.
        string built = typeof(ExistingLibtorch).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "LibTorchVersion").Value!;
        string needed = string.Join('.', built.Split('.').Take(2));
        if (VersionOf(folder) is { } found && !found.StartsWith(needed + ".", StringComparison.Ordinal))
        {
            throw new InvalidOperationException(
                $"{Variable} names libtorch {found}, and TorchSharp {typeof(torch).Assembly.GetName().Version!.ToString(3)} needs {needed}: "
                + $"install PyTorch {needed}, or unset the variable and run 'dotnet build' again");
        }
    }

    // A PyTorch says its version in version.py above its lib folder, an unpacked libtorch in build-version.
    private static string? VersionOf(string folder)
    {
        string above = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder)) ?? folder;
        string? text = new[] { Path.Combine(above, "version.py"), Path.Combine(above, "build-version") }
            .Where(File.Exists).Select(File.ReadAllText).FirstOrDefault();
        return text is not null && Version().Match(text) is { Success: true } version ? version.Groups[1].Value : null;
    }

    [GeneratedRegex(@"(?:^|__version__\s*=\s*['""])(\d+\.\d+\.[\w.+]+)")]
    private static partial Regex Version();
}
