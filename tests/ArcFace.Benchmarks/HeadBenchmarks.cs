using ArcFace.Losses;
using BenchmarkDotNet.Attributes;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Benchmarks;

/// <summary>Forward and backward of a margin head, N = 128, D = 512, against the three matrix products that no head can do without.</summary>
public class HeadBenchmarks
{
    private const long Samples = 128, Width = 512;
    private Tensor _x = null!, _w = null!, _y = null!, _embeddings = null!, _weight = null!;

    /// <summary>C.</summary>
    [Params(1_000, 10_000, 100_000)]
    public long Classes { get; set; }

    /// <summary>Where to compute, and the type of the embeddings; the weight is in single precision.</summary>
    [ParamsSource(nameof(Places))]
    public string Place { get; set; } = "cpu float32";

    /// <summary>The places of this machine.</summary>
    public static IEnumerable<string> Places =>
        cuda.is_available() ? ["cpu float32", "cuda float32", "cuda bfloat16"] : ["cpu float32"];

    /// <summary>Draws the inputs.</summary>
    [GlobalSetup]
    public void Draw()
    {
        random.manual_seed(1);
        string[] place = Place.Split(' ');
        _weight = randn(Classes, Width).to(place[0]);
        _x = randn(Samples, Width).to(place[0]);
        _embeddings = _x.to(place[1] == "bfloat16" ? ScalarType.BFloat16 : ScalarType.Float32).requires_grad_(true);
        _w = _weight.clone().requires_grad_(true);
        _y = randint(Classes, Samples).to(place[0]);
    }

    /// <summary>Releases the inputs.</summary>
    [GlobalCleanup]
    public void Release()
    {
        foreach (Tensor tensor in (Tensor[])[_x, _w, _y, _embeddings, _weight])
        {
            tensor.Dispose();
        }
    }

    /// <summary>X̂Wᵀ, GᵀX̂ and GW.</summary>
    [Benchmark(Baseline = true)]
    public void Floor()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        Tensor g = _x.matmul(_weight.t());
        g.t().matmul(_x);
        g.matmul(_weight);
        Wait();
    }

    /// <summary>The fused kernel with the workspace of the defaults.</summary>
    [Benchmark]
    public void Fused() => Step(new() { Kernel = MarginKernel.Fused });

    /// <summary>The fused kernel with 16 MiB of logits at a time.</summary>
    [Benchmark]
    public void FusedIn16MiB() => Step(new() { Kernel = MarginKernel.Fused, WorkspaceBytes = 16 << 20 });

    /// <summary>The composition of ordinary operations.</summary>
    [Benchmark]
    public void Eager() => Step(new() { Kernel = MarginKernel.Eager });

    private void Step(MarginSoftmaxOptions options)
    {
        using DisposeScope scope = NewDisposeScope();
        MarginSoftmaxLoss.Evaluate(_embeddings, _w, _y, options).backward();
        _embeddings.grad = null;
        _w.grad = null;
        Wait();
    }

    private void Wait()
    {
        if (_x.device_type == DeviceType.CUDA)
        {
            cuda.synchronize();
        }
    }
}
