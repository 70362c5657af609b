using ArcFace.Interchange;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Interchange;

[Collection("Tensor counts")]
public sealed class SafetensorsTensorCountTests
{
    [Fact]
    public void Saving_and_loading_leave_only_the_loaded_tensors_behind()
    {
        using var folder = new TemporaryFolder();
        using var x = ones(3, 4).t();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Safetensors.Save(folder["file"], new Dictionary<string, Tensor> { ["x"] = x, ["y"] = x });
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        var loaded = Safetensors.Load(folder["file"]);
        Assert.Equal(before + 2, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        foreach (var tensor in loaded.Values)
        {
            tensor.Dispose();
        }

        using (NewDisposeScope())
        {
            Safetensors.Load(folder["file"]);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
