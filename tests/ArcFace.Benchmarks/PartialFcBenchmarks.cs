using ArcFace.Losses;
using ArcFace.Training;
using BenchmarkDotNet.Attributes;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Benchmarks;

/// <summary>A whole training step of the head at a million classes: loss, gradients and SGD with momentum; N = 128, D = 512.</summary>
public class PartialFcBenchmarks
{
    private const long Samples = 128, Width = 512, Classes = 1_000_000;
    private Tensor _x = null!, _y = null!;
    private MarginSoftmaxLoss _head = null!;
    private SparseSgd _sgd = null!;

    /// <summary>Makes a head of all classes.</summary>
    [GlobalSetup(Target = nameof(AllClasses))]
    public void MakeAll() => Make(1);

    /// <summary>Makes a head that sees a tenth of the classes a step.</summary>
    [GlobalSetup(Target = nameof(TenthOfClasses))]
    public void MakeTenth() => Make(0.1);

    /// <summary>Releases the head.</summary>
    [GlobalCleanup]
    public void Release()
    {
        _head.Dispose();
        _sgd.Dispose();
        _x.Dispose();
        _y.Dispose();
    }

    /// <summary>r = 1.</summary>
    [Benchmark(Baseline = true)]
    public void AllClasses() => Step();

    /// <summary>r = 0.1.</summary>
    [Benchmark]
    public void TenthOfClasses() => Step();

    private void Make(double sampleRate)
    {
        random.manual_seed(1);
        _head = new MarginSoftmaxLoss(Width, Classes, new() { SampleRate = sampleRate });
        _sgd = new SparseSgd(_head.Weight, new SgdOptions { LearningRate = 0.1 });
        _x = randn(Samples, Width).requires_grad_(true);
        _y = randint(Classes, Samples);
    }

    private void Step()
    {
        using DisposeScope scope = NewDisposeScope();
        _head.call(_x, _y).backward();
        _sgd.Step();
        _x.grad = null;
    }
}
