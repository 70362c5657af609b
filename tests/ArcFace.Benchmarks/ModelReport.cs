using System.Diagnostics;
using ArcFace.Models;
using ArcFace.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Benchmarks;

/// <summary>
/// Training and embedding with the library's networks against the same networks of plain TorchSharp layers, 8 pictures of 112×112, taking turns;
/// medians, with freed memory kept.
/// </summary>
internal static class ModelReport
{
    private const int Rounds = 12;

    /// <summary>Measures and prints a table.</summary>
    public static int Run()
    {
        ProcessMemory.KeepFreed();
        Device device = ComputeDevice.Choose();
        Console.WriteLine($"8 pictures of 112×112 on {device}, float32, {get_num_threads()} threads; milliseconds, medians of {Rounds}, taking turns");
        Console.WriteLine($"{"network",-14} {"",-10} {"library",9} {"plain",9} {"plain/library",14}");
        foreach (var (name, ours, plain) in new (string, Func<nn.Module<Tensor, Tensor>>, Func<nn.Module<Tensor, Tensor>>)[]
        {
            ("MobileFaceNet", () => new MobileFaceNet(), PlainNetworks.MobileFaceNet),
            ("IResNet-18", () => new IResNet(IResNetDepth.R18), () => PlainNetworks.IResNet(2, 2, 2, 2)),
            ("IResNet-50", () => new IResNet(IResNetDepth.R50), () => PlainNetworks.IResNet(3, 4, 14, 3)),
        })
        {
            using var first = ours();
            using var second = plain();
            Measure(name, first.to(device), second.to(device), device, training: true);
            Measure(name, first, second, device, training: false);
        }

        return 0;
    }

    private static void Measure(string name, nn.Module<Tensor, Tensor> ours, nn.Module<Tensor, Tensor> plain, Device device, bool training)
    {
        using Tensor pictures = rand(8, 3, 112, 112, device: device);
        double[][] times = [new double[Rounds], new double[Rounds]];
        for (int round = -2; round < Rounds; round++)
        {
            for (int i = 0; i < 2; i++)
            {
                long start = Stopwatch.GetTimestamp();
                Step(i == 0 ? ours : plain, pictures, training);
                if (round >= 0)
                {
                    times[i][round] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                }
            }
        }

        double[] medians = [.. times.Select(one => one.Order().ElementAt(Rounds / 2))];
        Console.WriteLine($"{name,-14} {(training ? "training" : "embedding"),-10} {medians[0],9:f0} {medians[1],9:f0} {medians[1] / medians[0],13:f2}×");
    }

    private static void Step(nn.Module<Tensor, Tensor> body, Tensor pictures, bool training)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = set_grad_enabled(training);
        body.train(training);
        Tensor embeddings = body.call(pictures);
        if (training)
        {
            embeddings.square().mean().backward();
            body.zero_grad();
        }

        if (pictures.device_type == DeviceType.CUDA)
        {
            cuda.synchronize();
        }
    }
}
