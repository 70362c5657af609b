using static TorchSharp.torch;

namespace ArcFace.Notebooks;

/// <summary>Where a notebook computes.</summary>
internal static class ComputeDevice
{
    private const string Variable = "ARCFACE_DEVICE";

    /// <summary>The device that <c>ARCFACE_DEVICE</c> names (cpu, cuda, cuda:1, mps), else a CUDA device if there is one, else the CPU.</summary>
    public static (Device Device, string Reason) Choose()
    {
        string? wanted = Environment.GetEnvironmentVariable(Variable)?.Trim().ToLowerInvariant();
        if (string.IsNullOrEmpty(wanted))
        {
            return cuda.is_available()
                ? (device("cuda"), $"the first of {cuda.device_count()} CUDA devices")
                : (CPU, GpuSupport.Find().WhyNoCuda());
        }

        string kind = wanted.Split(':')[0];
        if (wanted is not ("cpu" or "cuda" or "mps") && !(kind == "cuda" && int.TryParse(wanted[5..], out int index) && index >= 0))
        {
            throw new InvalidOperationException($"{Variable} is '{wanted}'; it can be cpu, cuda, cuda:1 (or another index) or mps");
        }

        if (kind == "cuda" && !cuda.is_available())
        {
            throw new InvalidOperationException(
                $"{Variable} is '{wanted}', but torch sees no CUDA device: {GpuSupport.Find().WhyNoCuda()}. Unset the variable to compute on the CPU");
        }

        if (kind == "mps" && !mps_is_available())
        {
            throw new InvalidOperationException(
                $"{Variable} is '{wanted}', but this libtorch sees no Apple GPU; unset the variable to compute on the CPU");
        }

        return (device(wanted), $"{Variable} says so");
    }
}
