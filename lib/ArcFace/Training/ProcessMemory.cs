using System.Runtime.InteropServices;

namespace ArcFace.Training;

/// <summary>What becomes of the memory that tensors on the CPU give back.</summary>
public static class ProcessMemory
{
    // The parameters of mallopt in glibc's malloc.h. All are set, since each alone switches off the way in which glibc adapts them
    // itself. The heap of a thread, 64 MiB at most, would still be handed back whole when it is empty, unless so much is held ready.
    private const int TrimThreshold = -1, TopPadding = -2, MapThreshold = -3;
    private const int Never = -1, Mebibyte = 1 << 20;

    /// <summary>Lets the process keep the memory that is freed, for the next tensors of the size, until it ends.</summary>
    /// <remarks>
    /// <para>glibc, the C library of most Linux systems, hands large blocks back to the system when they are freed. A training step frees
    /// its activations and asks for as many in the next, and the system gives them page by page, each cleared first: in a virtual
    /// machine that can take longer than the arithmetic. The price is memory: with common networks little more than the peak, two or
    /// three times the peak where the blocks are hundreds of megabytes, since a block does not always fit where the last one lay.</para>
    /// <para>Blocks above 256 MiB are handed back all the same, and on threads other than the first those above 64 MiB. The setting
    /// holds for the whole process. A <see cref="Trainer"/> makes it where it trains on the CPU, if
    /// <see cref="TrainerOptions.KeepFreedMemory"/> says so; call this for a loop of your own.</para>
    /// </remarks>
    /// <returns>Whether the C library could be told: false where it is not glibc.</returns>
    public static bool KeepFreed()
    {
        try
        {
            return OperatingSystem.IsLinux() &&
                Set(MapThreshold, 256 * Mebibyte) == 1 && Set(TrimThreshold, Never) == 1 && Set(TopPadding, 64 * Mebibyte) == 1;
        }
        catch (Exception absent) when (absent is EntryPointNotFoundException or DllNotFoundException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "mallopt")]
    private static extern int Set(int parameter, int value);
}
