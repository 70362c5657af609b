namespace ArcFace.Notebooks.Tests;

/// <summary>Why no GPU is used, told so that the reader can change it.</summary>
[Collection("Console")]
public sealed class GpuSupportTests
{
    [Theory]
    [InlineData(false, false, false, "no NVIDIA driver here")]
    [InlineData(false, true, false, "build with TorchBackend=cuda")]
    [InlineData(true, false, false, "install one, or pass the GPU into the container")]
    [InlineData(true, true, false, "CUDA_VISIBLE_DEVICES")]
    [InlineData(false, false, true, "ARCFACE_DEVICE=mps")]
    public void The_reason_names_what_is_missing(bool cudaLibrary, bool driver, bool appleGpu, string part) =>
        Assert.Contains(part, new GpuSupport(cudaLibrary, driver, appleGpu).WhyNoCuda(), StringComparison.Ordinal);

    [Fact]
    public void A_session_on_the_cpu_gives_the_reason_that_was_found_here()
    {
        Assert.SkipWhen(TorchSharp.torch.cuda.is_available(), "CUDA is used here");
        Assert.SkipUnless(string.IsNullOrEmpty(Environment.GetEnvironmentVariable("ARCFACE_DEVICE")), "ARCFACE_DEVICE chooses the device");

        Session session = Session.Start();

        Assert.Equal(TorchSharp.DeviceType.CPU, session.Device.type);
        Assert.Equal(GpuSupport.Find().WhyNoCuda(), session.DeviceReason);
    }
}
