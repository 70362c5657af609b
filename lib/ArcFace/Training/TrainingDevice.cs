using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Training;

/// <summary>The choice of where to compute.</summary>
internal static class TrainingDevice
{
    private const string Variable = "ARCFACE_DEVICE";

    /// <summary>What <c>ARCFACE_DEVICE</c> says (cpu, cuda, cuda:1, mps), else a GPU where there is one, else the CPU.</summary>
    /// <exception cref="InvalidOperationException">The variable names no device, or one that is not here.</exception>
    public static Device Choose()
    {
        string? wanted = Environment.GetEnvironmentVariable(Variable)?.Trim().ToLowerInvariant();
        if (string.IsNullOrEmpty(wanted))
        {
            return cuda_is_available() ? CUDA : CPU;
        }

        string[] parts = wanted.Split(':');
        bool indexed = int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int index);
        return parts switch
        {
            ["cpu"] => CPU,
            ["mps"] when mps_is_available() => MPS,
            ["cuda"] when cuda_is_available() => CUDA,
            ["cuda", _] when indexed && cuda_is_available() && index < cuda.device_count() => device(DeviceType.CUDA, index),
            _ => throw new InvalidOperationException(
                $"{Variable} is '{wanted}', which is no device of this machine; set it to cpu, cuda, cuda:1 or mps, or unset it"),
        };
    }
}
