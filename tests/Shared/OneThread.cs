using static TorchSharp.torch;

// Test projects run beside each other: threads that wait for work by spinning take the cores that the others need.
[assembly: AssemblyFixture(typeof(ArcFace.Tests.OneThread))]

namespace ArcFace.Tests;

/// <summary>One thread for torch: networks this small gain nothing from more, and lose much to a machine that is busy elsewhere.</summary>
internal sealed class OneThread : IDisposable
{
    private readonly int _before = get_num_threads();

    public OneThread() => set_num_threads(1);

    public void Dispose() => set_num_threads(_before);
}
