using ArcFace.Notebooks.Lessons;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Tests;

/// <summary>What no folder or file is stops a notebook, whatever it was that refused it.</summary>
public sealed class OwnFacesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_folder_that_is_missing_or_empty_stops_the_notebook_and_names_the_variable()
    {
        AssertStops("is no folder", "ARCFACE_FACES", () => OwnFaces.Open(_folder["nowhere"], people: 8));
        AssertStops("has nothing to take", "ARCFACE_FACES", () => OwnFaces.Open(_folder.Path, people: 8));
    }

    [Fact]
    public void Weights_that_are_missing_or_none_stop_the_notebook_and_name_the_variable()
    {
        _folder.Write("nonsense.safetensors", "nonsense"u8);
        AssertStops("nowhere.pth", "ARCFACE_WEIGHTS", () => OwnFaces.Embedder(_folder["nowhere.pth"], CPU));
        AssertStops("nonsense.safetensors", "ARCFACE_WEIGHTS", () => OwnFaces.Embedder(_folder["nonsense.safetensors"], CPU));
    }

    public void Dispose() => _folder.Dispose();

    private static void AssertStops(string why, string variable, Action open)
    {
        string message = Assert.Throws<NotebookStoppedException>(open).Message;
        Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.Contains(variable, message, StringComparison.Ordinal);
    }
}
