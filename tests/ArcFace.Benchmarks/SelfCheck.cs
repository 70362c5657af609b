using ArcFace.Data;
using ArcFace.Losses;
using ArcFace.Models;
using ArcFace.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Benchmarks;

/// <summary>
/// Whether the device that a training would take computes what it should: losses and gradients against float64 on the CPU, and a short training of
/// a network with convolutions, batch normalisation and PReLU against the same on the CPU.
/// </summary>
internal static class SelfCheck
{
    // Of the largest number of a result: roundings of float32, and of bfloat16 embeddings whose 8 bits are the input's.
    private const double SinglePrecision = 2e-5, HalfPrecision = 2e-2;

    // Twenty steps carry the roundings of the first into all that follow.
    private const double AfterTraining = 5e-3;

    private const long Samples = 32, Width = 64, Classes = 500;

    private static bool _passed = true;

    /// <summary>Prints what was compared, and gives 0 if all of it is within its bound, else 1.</summary>
    public static int Run()
    {
        Device device = ComputeDevice.Choose();
        Console.WriteLine($"self-check of {device}: the largest difference, as a share of the largest number, and the bound");
        foreach (var (name, margin) in new[]
        {
            ("none", AngularMargin.None), ("ArcFace", AngularMargin.ArcFace()), ("CosFace", AngularMargin.CosFace()),
            ("SphereFace", AngularMargin.SphereFace()),
        })
        {
            foreach (MarginKernel kernel in (MarginKernel[])[MarginKernel.Eager, MarginKernel.Fused])
            {
                foreach (ScalarType type in (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16])
                {
                    Loss($"{name}, {kernel.ToString().ToLowerInvariant()}", new() { Margin = margin, Kernel = kernel }, device, type);
                }
            }
        }

        Loss("sub-centers, fused", new() { Kernel = MarginKernel.Fused, CentersPerClass = 2 }, device, ScalarType.Float32);
        Loss("label smoothing, fused", new() { Kernel = MarginKernel.Fused, LabelSmoothing = 0.1 }, device, ScalarType.Float32);
        foreach (double rate in (double[])[1, 0.2])
        {
            double[] here = Train(device, rate), there = Train(CPU, rate);
            Report($"twenty steps of training, {rate:P0} of the classes", here.Zip(there, (a, b) => Math.Abs(a - b) / Math.Abs(b)).Max(), AfterTraining);
        }

        Console.WriteLine(_passed ? "passed" : "FAILED: do not train on this device with this libtorch");
        return _passed ? 0 : 1;
    }

    private static void Loss(string name, MarginSoftmaxOptions options, Device device, ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor x = randn(Samples, Width).to(type), y = randint(Classes, Samples);
        Tensor w = randn(Classes * options.CentersPerClass, Width);
        Tensor[] here = Evaluate(x.to(device), w.to(device), y.to(device), options);
        Tensor[] there = Evaluate(x.to(ScalarType.Float64), w.to(ScalarType.Float64), y, options with { Kernel = MarginKernel.Eager });
        double difference = here.Zip(there, Difference).Max();
        Report($"{name}, {type.ToString().ToLowerInvariant()}", difference, type == ScalarType.Float32 ? SinglePrecision : HalfPrecision);
    }

    private static Tensor[] Evaluate(Tensor x, Tensor w, Tensor y, MarginSoftmaxOptions options)
    {
        Tensor embeddings = x.detach().requires_grad_(true), weight = w.detach().requires_grad_(true);
        Tensor loss = MarginSoftmaxLoss.Evaluate(embeddings, weight, y, options);
        loss.backward();
        return [loss.detach(), embeddings.grad!, weight.grad!];
    }

    private static double Difference(Tensor here, Tensor there)
    {
        Tensor expected = there.to(ScalarType.Float64);
        return ((here.cpu().to(ScalarType.Float64) - expected).abs().max() / expected.abs().max()).item<double>();
    }

    private static double[] Train(Device device, double sampleRate)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(3);
        using var body = new ConvolutionalEmbedder(16, 16);
        using var head = new MarginSoftmaxLoss(16, 50, new() { Scale = 16, SampleRate = sampleRate, Kernel = MarginKernel.Fused });
        var losses = new List<double>();
        var told = new Told(losses.Add);
        TrainerOptions options = new()
        {
            Epochs = 1,
            ReportEvery = 1,
            Device = device,
            GradientClip = 5,
            Optimizer = new SgdOptions { LearningRate = 0.02 },
        };
        new Trainer(body, head, options).Fit(new Noise(), progress: told);
        return [.. losses];
    }

    private static void Report(string name, double difference, double bound)
    {
        bool holds = difference <= bound;
        _passed &= holds;
        Console.WriteLine($"{(holds ? "ok    " : "FAILED")} {name,-50} {difference,9:e1} {bound,9:e1}");
    }

    private sealed class Told(Action<double> tell) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => tell(value.Loss);
    }

    /// <summary>The same twenty batches wherever they are asked for.</summary>
    private sealed class Noise : IBatchSource
    {
        public int BatchesPerEpoch => 20;

        public IEnumerable<Batch> Epoch(int epoch, int first = 0)
        {
            for (int i = first; i < BatchesPerEpoch; i++)
            {
                using var generator = new Generator((ulong)i + 1, CPU);
                yield return new Batch(rand(16, 1, 16, 16, generator: generator), arange(i, i + 16).remainder(50));
            }
        }
    }
}
