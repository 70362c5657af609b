using System.Globalization;
using ArcFace.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Training;

[Collection(TensorCounts.Name)]
public class ProcessMemoryTests
{
    private const long Bytes = 40 << 20;
    private const int Tensors = 3, Rounds = 8;

    [Fact]
    public void Freed_memory_serves_the_next_tensors_without_new_pages_from_the_system()
    {
        Assert.SkipUnless(ProcessMemory.KeepFreed(), "The C library is not glibc");

        // It takes some rounds until the blocks lie where the next ones fit.
        FillAndFree();
        long before = PageFaults();
        FillAndFree();

        // By the C library's own rules all of them are new ones.
        long pages = Rounds * Tensors * Bytes / Environment.SystemPageSize;
        Assert.InRange(PageFaults() - before, 0, pages / 10);
    }

    private static void FillAndFree()
    {
        for (int round = 0; round < Rounds; round++)
        {
            using DisposeScope scope = NewDisposeScope();
            for (int i = 0; i < Tensors; i++)
            {
                ones(Bytes / sizeof(float));
            }
        }
    }

    /// <summary>How many pages the process has got without a disk being read.</summary>
    private static long PageFaults()
    {
        string status = File.ReadAllText("/proc/self/stat");
        return long.Parse(status[(status.LastIndexOf(')') + 2)..].Split(' ')[7], CultureInfo.InvariantCulture);
    }
}
