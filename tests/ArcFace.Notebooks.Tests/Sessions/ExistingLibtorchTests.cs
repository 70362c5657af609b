namespace ArcFace.Notebooks.Tests;

/// <summary>What is taken for the libtorch of an installed PyTorch, and what is not.</summary>
public sealed class ExistingLibtorchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("torch/lib")]
    [InlineData("torch")]
    public void The_folder_of_a_PyTorch_is_found_by_itself_or_by_its_lib(string named)
    {
        Write("torch/lib/" + ExistingLibtorch.FileName("torch_cpu"), "");

        Assert.Equal(At("torch/lib"), Path.GetFullPath(ExistingLibtorch.FolderAt(At(named))));
    }

    [Fact]
    public void A_folder_without_libtorch_is_an_error_that_names_variable_folder_and_remedy()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => ExistingLibtorch.FolderAt(At("nothing")));

        Assert.Contains($"ARCFACE_LIBTORCH is '{At("nothing")}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("name the folder 'torch' of an installed PyTorch", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_libtorch_beside_the_library_is_refused_since_two_end_the_process()
    {
        Write("out/" + ExistingLibtorch.FileName("torch_cpu"), "");

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => ExistingLibtorch.Require(At("torch/lib"), At("out")));

        Assert.Contains("run 'dotnet build' with the variable set", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("torch/version.py", "from typing import Optional\n__version__ = '2.9.1+cu128'\n", "2.9.1+cu128")]
    [InlineData("torch/version.py", "__version__ = \"2.1.0\"", "2.1.0")]
    [InlineData("torch/build-version", "2.11.0+cpu\n", "2.11.0+cpu")]
    public void Another_version_is_refused(string file, string content, string version)
    {
        Write(file, content);

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => ExistingLibtorch.Require(At("torch/lib"), At("out")));

        Assert.Contains($"libtorch {version}, and TorchSharp", error.Message, StringComparison.Ordinal);
        Assert.Contains("needs 2.10", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("torch/version.py", "__version__ = '2.10.0+cu128'\n")]
    [InlineData("torch/build-version", "2.10.1\n")]
    [InlineData("torch/README", "no version at all")]
    public void The_version_that_TorchSharp_needs_is_accepted_and_so_is_one_that_is_not_told(string file, string content)
    {
        Write(file, content);

        ExistingLibtorch.Require(At("torch/lib"), At("out"));
    }

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.GetFullPath(Path.Combine(_folder.Path, name));

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
    }
}
