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

    // So many the tensors of all rounds lie on.
    private static readonly long Pages = Rounds * Tensors * Bytes / Environment.SystemPageSize;

    [Fact]
    public void Freed_memory_serves_the_next_tensors_without_new_pages_from_the_system()
    {
        Assert.SkipUnless(ProcessMemory.KeepFreed(), "The C library is not glibc");

        // It takes some rounds until the blocks lie where the next ones fit.
        FillAndFree();
        Assert.InRange(PageFaultsOfFillAndFree(), 0, Pages / 10);
    }

    [Fact]
    public void Memory_that_is_not_kept_comes_from_the_system_each_time()
    {
        Assert.SkipUnless(ProcessMemory.KeepFreed(false), "The C library is not glibc");
        try
        {
            // What an earlier test left free is used up, and then handed back.
            FillAndFree();
            Assert.InRange(PageFaultsOfFillAndFree(), Pages * 9 / 10, long.MaxValue);
        }
        finally
        {
            ProcessMemory.KeepFreed();
        }
    }

    private static long PageFaultsOfFillAndFree()
    {
        long before = PageFaults();
        FillAndFree();
        return PageFaults() - before;
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
