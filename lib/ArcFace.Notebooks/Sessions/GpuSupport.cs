using TorchSharp;

namespace ArcFace.Notebooks;

/// <summary>What computing on a GPU takes, and is here: a libtorch built for CUDA, an NVIDIA driver, an Apple GPU that libtorch sees.</summary>
internal sealed record GpuSupport(bool CudaLibrary, bool Driver, bool AppleGpu)
{
    public static GpuSupport Find()
    {
        string folder = ExistingLibtorch.Folder() ?? ExistingLibtorch.TorchSharpFolder;
        bool cudaLibrary = File.Exists(Path.Combine(folder, ExistingLibtorch.FileName("torch_cuda")));
        return new GpuSupport(cudaLibrary, HasDriver(), OperatingSystem.IsMacOS() && torch.mps_is_available());
    }

    /// <summary>Why torch sees no CUDA device, and what would change that.</summary>
    public string WhyNoCuda() => (CudaLibrary, Driver) switch
    {
        _ when AppleGpu => "no CUDA on macOS; ARCFACE_DEVICE=mps computes on the Apple GPU",
        (false, false) => "no NVIDIA driver here, and this libtorch is built for the CPU",
        (false, true) => "an NVIDIA driver is here, but this libtorch is built for the CPU: build with TorchBackend=cuda, "
            + $"or set {ExistingLibtorch.Variable} to a PyTorch with CUDA and build",
        (true, false) => "this libtorch is built for CUDA, but no NVIDIA driver is here: install one, or pass the GPU into the container",
        (true, true) => "this libtorch is built for CUDA and an NVIDIA driver is here, but CUDA does not start: the driver may be too old "
            + "for CUDA 12.8, or CUDA_VISIBLE_DEVICES may hide the GPU",
    };

    private static bool HasDriver()
    {
        string name = OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";
        if (OperatingSystem.IsMacOS() || !NativeLibrary.TryLoad(name, out nint driver))
        {
            return false;
        }

        NativeLibrary.Free(driver);
        return true;
    }
}
