using System.Diagnostics;
using ArcFace.Faces.Onnx;
using ArcFace.Faces.Recognition;
using ArcFace.Models;
using static TorchSharp.torch;

namespace ArcFace.Benchmarks;

/// <summary>
/// Embedding in TorchSharp and in ONNX Runtime, the same network on the same pictures and as many threads, and a search in a gallery of 100,000 people
/// against one matrix-vector product of its size. The two take turns, so that whatever slows the machine slows both; medians.
/// </summary>
internal static class ProductionReport
{
    private const int Rounds = 15, People = 100_000, Width = 512;

    public static int Run()
    {
        Console.WriteLine($"{get_num_threads()} threads; medians of {Rounds}, taking turns");
        Console.WriteLine($"{"what",-34} {"TorchSharp",12} {"ONNX Runtime",14} {"ratio",7}");
        Embedding("MobileFaceNet", new MobileFaceNet());
        Embedding("IResNet-50", new IResNet(IResNetDepth.R50));
        Searching();
        return 0;
    }

    private static void Embedding(string name, nn.Module<Tensor, Tensor> network)
    {
        using var owned = network;
        using var frozen = no_grad();
        network.eval();
        string path = Path.Combine(Path.GetTempPath(), $"arcface-{Environment.ProcessId}.onnx");
        try
        {
            OnnxExport.Save(network, path);
            using var file = new OnnxEmbedder(path, get_num_threads());
            foreach (long count in (long[])[1, 16])
            {
                using var scope = NewDisposeScope();
                Tensor pictures = rand(count, 3, 112, 112);
                (double torch, double onnx) = TakingTurns(() => network.call(pictures), () => file.call(pictures));
                Console.WriteLine($"{$"{name}, {count} at once",-34} {torch / count,9:f1} ms {onnx / count,11:f1} ms {torch / onnx,6:f2}×");
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Searching()
    {
        using var scope = NewDisposeScope();
        using var gallery = new Gallery();
        Tensor templates = nn.functional.normalize(randn(People, Width), dim: 1), probe = randn(1, Width), vector = probe[0];
        gallery.Enroll([.. Enumerable.Range(0, People).Select(i => $"{i}")], templates);
        (double product, double search) = TakingTurns(() => templates.mv(vector), () => gallery.Search(probe, 5));
        Console.WriteLine($"{People:n0} people: product {product:f1} ms, search for the likest five {search:f1} ms, {search / product:f2}×");
    }

    private static (double First, double Second) TakingTurns(Action first, Action second)
    {
        var times = new double[2][] { new double[Rounds], new double[Rounds] };
        for (int round = -2; round < Rounds; round++)
        {
            for (int i = 0; i < 2; i++)
            {
                using var scope = NewDisposeScope();
                long start = Stopwatch.GetTimestamp();
                (i == 0 ? first : second)();
                if (round >= 0)
                {
                    times[i][round] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                }
            }
        }

        return (times[0].Order().ElementAt(Rounds / 2), times[1].Order().ElementAt(Rounds / 2));
    }
}
