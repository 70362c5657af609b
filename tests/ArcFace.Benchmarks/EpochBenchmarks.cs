using ArcFace.Data;
using ArcFace.Losses;
using ArcFace.Models;
using ArcFace.Notebooks.Lessons;
using ArcFace.Training;
using BenchmarkDotNet.Attributes;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Benchmarks;

/// <summary>Eight digits brought into the plane by ArcFace: the example of <see cref="Trainer"/>, whole.</summary>
public class DigitsBenchmarks
{
    /// <summary>Forty epochs.</summary>
    [Benchmark]
    public void Plane()
    {
        using DisposeScope scope = NewDisposeScope();
        using var digits = Digits.Load();
        using var eight = digits.SelectClasses(0, 1, 2, 3, 4, 5, 6, 7);
        var (train, test) = eight.Split(trainFraction: 0.7, seed: 1);
        random.manual_seed(1);
        using var body = nn.Sequential(nn.Flatten(), new BatchNormalization(64), new Perceptron(64, 2, 128));
        using var head = new MarginSoftmaxLoss(embeddingSize: 2, classCount: 8, new() { Scale = 16 });
        new Trainer(body, head, new()
        {
            Epochs = 40,
            Optimizer = new AdamWOptions { LearningRate = 0.02 },
            Schedule = LearningRateSchedule.Cosine.WithWarmUp(0.05),
        }).Fit(new ShuffledBatches(train, batchSize: 128, seed: 1));
        train.Dispose();
        test.Dispose();
    }
}
