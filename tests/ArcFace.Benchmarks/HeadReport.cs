using System.Diagnostics;
using ArcFace.Losses;
using ArcFace.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Benchmarks;

/// <summary>
/// Forward and backward of a margin head, N = 128, D = 512, against the three matrix products that no head can do without. The contenders take
/// turns, so that whatever slows the machine slows all of them; medians, with the memory kept that steps free, as a Trainer keeps it.
/// </summary>
internal static class HeadReport
{
    private const long Samples = 128, Width = 512;

    private static readonly (string Name, MarginSoftmaxOptions? Options)[] Contenders =
    [
        ("three products", null),
        ("fused", new() { Kernel = MarginKernel.Fused }),
        ("fused, 16 MiB of logits", new() { Kernel = MarginKernel.Fused, WorkspaceBytes = 16 << 20 }),
        ("eager", new() { Kernel = MarginKernel.Eager }),
    ];

    /// <summary>Measures and prints a table for each place: the CPU, and a GPU where there is one.</summary>
    /// <param name="keepMemory">Whether the process keeps what steps free.</param>
    public static int Run(bool keepMemory)
    {
        string memory = keepMemory && ProcessMemory.KeepFreed() ? "freed memory kept" : "the C library as it is";
        Console.WriteLine($"N = {Samples}, D = {Width}, W in float32, {get_num_threads()} threads, {memory}; medians, taking turns");
        Console.WriteLine($"{"embeddings",-14} {"classes",9}  {"contender",-24} {"ms",9} {"of products",12} {"of eager",9}");
        foreach (var (device, type) in cuda_is_available()
            ? [(CPU, ScalarType.Float32), (CUDA, ScalarType.Float32), (CUDA, ScalarType.BFloat16)]
            : new[] { (CPU, ScalarType.Float32) })
        {
            foreach (long classes in (long[])[1_000, 10_000, 100_000])
            {
                Measure(device, type, classes);
            }
        }

        return 0;
    }

    private static void Measure(Device device, ScalarType type, long classes)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor weight = randn(classes, Width).to(device), w = weight.clone().requires_grad_(true);
        Tensor x = randn(Samples, Width).to(device), embeddings = x.to(type).requires_grad_(true), y = randint(classes, Samples).to(device);
        double[][] times = [.. Contenders.Select(_ => new double[classes > 50_000 ? 15 : 40])];
        for (int round = -3; round < times[0].Length; round++)
        {
            for (int i = 0; i < Contenders.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                Step(Contenders[i].Options);
                if (round >= 0)
                {
                    times[i][round] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                }
            }
        }

        double[] medians = [.. times.Select(one => one.Order().ElementAt(one.Length / 2))];
        foreach (var ((name, _), median) in Contenders.Zip(medians))
        {
            Console.WriteLine(
                $"{$"{device.type} {type}".ToLowerInvariant(),-14} {classes,9}  {name,-24} {median,9:f2} {median / medians[0],11:f2}× {median / medians[^1],8:f2}×");
        }

        void Step(MarginSoftmaxOptions? options)
        {
            using DisposeScope step = NewDisposeScope();
            if (options is null)
            {
                using IDisposable frozen = no_grad();
                Tensor g = x.matmul(weight.t());
                g.t().matmul(x);
                g.matmul(weight);
            }
            else
            {
                MarginSoftmaxLoss.Evaluate(embeddings, w, y, options).backward();
                (embeddings.grad, w.grad) = (null, null);
            }

            if (device.type == DeviceType.CUDA)
            {
                cuda.synchronize();
            }
        }
    }
}
