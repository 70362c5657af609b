using ArcFace.Data;
using ArcFace.Losses;
using ArcFace.Models;
using ArcFace.Training;
using BenchmarkDotNet.Attributes;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ArcFace.Benchmarks;

/// <summary>Forty training steps by the trainer, against the same tensor operations with nothing around them.</summary>
public class TrainingLoopBenchmarks
{
    private const int Steps = 40, BatchSize = 128, Side = 28, Classes = 10;
    private const double Rate = 0.01, Momentum = 0.9, Decay = 5e-4;
    private Prepared _batches = null!;

    /// <summary>Draws pictures.</summary>
    [GlobalSetup]
    public void Draw()
    {
        // The trainer would do it, and the bare loop, which comes first, must not pay for pages that it saves.
        ProcessMemory.KeepFreed();
        random.manual_seed(1);
        _batches = new([.. Enumerable.Range(0, Steps).Select(_ => new Batch(rand(BatchSize, 1, Side, Side), randint(Classes, BatchSize)))]);
    }

    /// <summary>Forward, loss, backward and the update, written out.</summary>
    [Benchmark(Baseline = true)]
    public void Bare()
    {
        using DisposeScope scope = NewDisposeScope();
        using var body = new ConvolutionalEmbedder(64, Side);
        using var head = new MarginSoftmaxLoss(64, Classes);
        List<Parameter> weights = [.. body.parameters(), .. head.parameters()];
        List<Tensor> velocities = [.. weights.Select(weight => zeros_like(weight, requires_grad: false))];
        foreach (Batch batch in _batches.All)
        {
            using DisposeScope step = NewDisposeScope();
            head.call(body.call(batch.Samples), batch.Labels).backward();
            using IDisposable frozen = no_grad();
            foreach ((Parameter weight, Tensor velocity) in weights.Zip(velocities))
            {
                Tensor gradient = weight.grad!;
                weight.add_(velocity.mul_(Momentum).add_(gradient.add_(weight, alpha: Decay)), alpha: -Rate);
                weight.grad = null;
            }
        }
    }

    /// <summary>The trainer, one epoch.</summary>
    [Benchmark]
    public void Trained()
    {
        using DisposeScope scope = NewDisposeScope();
        using var body = new ConvolutionalEmbedder(64, Side);
        using var head = new MarginSoftmaxLoss(64, Classes);
        new Trainer(body, head, new()
        {
            Epochs = 1,
            Optimizer = new SgdOptions { LearningRate = Rate, Momentum = Momentum, WeightDecay = Decay },
            Device = CPU,
        }).Fit(_batches);
    }

    private sealed class Prepared(IReadOnlyList<Batch> batches) : IBatchSource
    {
        public IReadOnlyList<Batch> All => batches;

        public int BatchesPerEpoch => batches.Count;

        public IEnumerable<Batch> Epoch(int epoch, int first = 0) => batches.Skip(first);
    }
}
