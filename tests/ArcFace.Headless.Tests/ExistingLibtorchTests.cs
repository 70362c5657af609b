using System.Text.RegularExpressions;

namespace ArcFace.Headless.Tests;

/// <summary>A notebook on a build without libtorch, with that of an installed PyTorch in its place.</summary>
public sealed class ExistingLibtorchTests : IDisposable
{
    private static readonly string Built = BuiltLibrary();
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task A_session_computes_with_the_libtorch_that_the_environment_names()
    {
        WriteNotebookOnABuildWithoutLibtorch();
        Directory.CreateDirectory(_folder.At("torch/lib"));
        foreach (string native in Directory.EnumerateFiles(Built).Where(IsLibtorch))
        {
            File.CreateSymbolicLink(_folder.At($"torch/lib/{Path.GetFileName(native)}"), native);
        }

        _folder.Write("torch/version.py", "__version__ = '2.10.0+cpu'\n");

        (int code, string output, _) = await RunAsync(_folder.At("torch"));

        Assert.True(code == ExitCode.Passed, output);
        string text = NotebookDocument.Load(_folder.At("out/test.ipynb")).Stream(2);
        Assert.Contains("of ARCFACE_LIBTORCH", text, StringComparison.Ordinal);
        Assert.Contains("sum 8", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_any_libtorch_the_session_says_what_to_do()
    {
        WriteNotebookOnABuildWithoutLibtorch();

        (int code, string output, _) = await RunAsync("");

        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("libtorch does not load", output, StringComparison.Ordinal);
        Assert.Contains("run 'dotnet build' again", output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private Task<(int ExitCode, string Output, string Error)> RunAsync(string libtorch) => HostProcess.RunWithAsync(
        _folder, new() { ["ARCFACE_LIBTORCH"] = libtorch, ["ARCFACE_DEVICE"] = "cpu" }, "run", "test.ipynb", "--output", "out");

    private void WriteNotebookOnABuildWithoutLibtorch()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "links to files need no rights on Linux only, and so does loading through them");
        Assert.SkipUnless(Directory.EnumerateFiles(Built).Any(IsLibtorch), "the library was built without libtorch");
        foreach (string file in Directory.EnumerateFiles(Built).Where(file => !IsLibtorch(file)))
        {
            Directory.CreateDirectory(_folder.At("build"));
            File.Copy(file, _folder.At($"build/{Path.GetFileName(file)}"));
        }

        _folder.WriteNotebook(
            $"#r \"{_folder.At("build/ArcFace.Notebooks.dll")}\"",
            """
            using ArcFace.Notebooks;
            using static TorchSharp.torch;
            Session.Start();
            Console.Write($"sum {ones(2, 2).mm(ones(2, 2)).sum().item<float>()}");
            """);
    }

    private static bool IsLibtorch(string file) => Path.GetFileName(file) is var name
        && name.Contains(".so", StringComparison.Ordinal) && name != "libLibTorchSharp.so";

    private static string BuiltLibrary()
    {
        string setup = File.ReadAllText(Path.Combine(EveryNotebook.Folder, "setup.dib"));
        return Path.GetDirectoryName(Regex.Match(setup, "#r \"(.*)\"").Groups[1].Value)!;
    }
}
