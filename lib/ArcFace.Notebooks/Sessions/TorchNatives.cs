using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using TorchSharp;

namespace ArcFace.Notebooks;

/// <summary>Loads what lies beside the library, under whatever engine it runs, and says clearly when libtorch cannot load.</summary>
internal static class TorchNatives
{
    /// <summary>Loads libtorch.</summary>
    /// <exception cref="InvalidOperationException">It does not load here. The message says what is missing and what to do.</exception>
    public static void Load()
    {
        ExistingLibtorch.Load();
        try
        {
            TryInitialize();
        }
        catch (Exception error) when (error is NotSupportedException or TypeInitializationException or DllNotFoundException or FileNotFoundException)
        {
            throw new InvalidOperationException(Explain(LoaderMessage() ?? error.Message), error);
        }
    }

    /// <summary>What a message of the system's loader means to a reader.</summary>
    internal static string Explain(string loader)
    {
        string remedy =
            loader.Contains("torch_cpu", StringComparison.Ordinal) && loader.Contains("No such file", StringComparison.OrdinalIgnoreCase)
                ? $"this build brought no libtorch: run 'dotnet build' again, or set {ExistingLibtorch.Variable} to the folder of a PyTorch"
            : loader.Contains("GLIBCXX_3.4.32", StringComparison.Ordinal)
                ? "the file beside TorchSharp.dll is the package's own, which wants the C++ library of GCC 13; "
                    + "the build puts a copy there that does not: run 'dotnet build' again"
            : loader.Contains("GLIBCXX_", StringComparison.Ordinal) || loader.Contains("CXXABI_", StringComparison.Ordinal)
                ? "this system's C++ library is too old: libtorch needs that of GCC 12 (GLIBCXX_3.4.30), as in Debian 12, Ubuntu 22.04, "
                    + "Fedora 36 or later; RHEL 9 and its relatives have 3.4.29. Use a newer system, or the dev container"
            : loader.Contains("GLIBC_", StringComparison.Ordinal)
                ? "this system's C library is too old: libtorch needs glibc 2.34, as in Debian 12, Ubuntu 22.04, Fedora 35 or later. "
                    + "Use a newer system, or the dev container"
            : loader.Contains("libgomp", StringComparison.Ordinal)
                ? "the OpenMP library is missing beside TorchSharp.dll: run 'dotnet build' again"
            : OperatingSystem.IsWindows()
                ? "libtorch needs 64-bit Windows and the Microsoft Visual C++ 2015-2022 redistributable: install it, then run 'dotnet build' again"
                : "the native libraries are not beside TorchSharp.dll, or are for another platform; there are libtorch packages for "
                    + "Linux x64, Windows x64 and macOS arm64: run 'dotnet build' again on this machine";
        return $"libtorch does not load on {RuntimeInformation.RuntimeIdentifier}: {loader.Trim()}{Environment.NewLine}What to do: {remedy}.";
    }

    // The JIT resolves torch's members on entering the method, so the caller can catch what that throws.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TryInitialize() => torch.InitializeDeviceType(DeviceType.CPU);

    // TorchSharp reports a missing package whatever went wrong. Loading its library by hand brings the loader's own words.
    private static string? LoaderMessage()
    {
        try
        {
            NativeLibrary.Free(NativeLibrary.Load(Path.Combine(ExistingLibtorch.TorchSharpFolder, ExistingLibtorch.FileName("LibTorchSharp"))));
            return null;
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            return error.Message;
        }
    }

    // Notebook engines load FSharp.Core and others in versions of their own. What an engine has loaded, or else what lies
    // beside the library, serves whatever version is asked for.
#pragma warning disable CA2255 // A module initializer is the one place that runs before the first Plotly.NET type is touched.
    [ModuleInitializer]
    internal static void AnswerBySimpleName()
    {
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(a => !a.IsDynamic && a.GetName().Name == name.Name)
            ?? LoadBeside(context, name.Name);
        EngineFormatters.Register();
    }
#pragma warning restore CA2255

    private static Assembly? LoadBeside(AssemblyLoadContext context, string? name)
    {
        string location = typeof(TorchNatives).Assembly.Location;
        string path = Path.Combine(Path.GetDirectoryName(location) ?? "", name + ".dll");
        return location.Length > 0 && File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
    }
}
