using System.Globalization;

namespace ArcFace.Training;

/// <summary>The choice of where to compute: <c>ARCFACE_DEVICE</c> where it is set, else the first CUDA device, else the CPU.</summary>
public static class ComputeDevice
{
    /// <summary>The environment variable that overrides the choice: cpu, cuda, cuda:1 (or another index) or mps.</summary>
    public const string Variable = "ARCFACE_DEVICE";

    /// <summary>Chooses the device. An Apple GPU (mps) is taken only when the variable names it.</summary>
    /// <exception cref="InvalidOperationException">The variable names no device, or one that this machine or this libtorch lacks.</exception>
    public static Device Choose()
    {
        string? wanted = EnvironmentVariable.Read(Variable)?.ToLowerInvariant();
        int count = cuda_is_available() ? cuda.device_count() : 0;
        switch (wanted?.Split(':'))
        {
            case null:
                return count > 0 ? CUDA : CPU;
            case ["cpu"]:
                return CPU;
            case ["mps"]:
                return mps_is_available() ? MPS : throw Missing("this libtorch sees no Apple GPU");
            case ["cuda"]:
                return count > 0 ? CUDA : throw Missing("this libtorch sees no CUDA device");
            case ["cuda", string text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int index):
                return index < count ? new Device(TorchSharp.DeviceType.CUDA, index) : throw Missing($"this libtorch sees {count} CUDA devices");
            default:
                throw new InvalidOperationException($"{Variable} is '{wanted}'; it can be cpu, cuda, cuda:1 (or another index) or mps");
        }

        InvalidOperationException Missing(string reason) =>
            new($"{Variable} is '{wanted}', but {reason}; name another device, or unset the variable to compute on the CPU");
    }
}
