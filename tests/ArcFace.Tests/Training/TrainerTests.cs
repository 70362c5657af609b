using ArcFace.Data;
using ArcFace.Losses;
using ArcFace.Models;
using ArcFace.Notebooks.Lessons;
using ArcFace.Training;
using TorchSharp;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace ArcFace.Tests.Training;

/// <summary>They seed torch's one generator and count tensors, so nothing runs beside them.</summary>
[Collection(TensorCounts.Name)]
public sealed class TrainerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Softmax_regression_learns_the_digits()
    {
        using var digits = Digits.Load();
        var (train, test) = digits.Split(0.8, seed: 1);
        using var owned = train;
        using var alsoOwned = test;
        using var body = new SoftmaxRegression(64, 10);
        var trainer = new Trainer(body, Softmax, new() { Epochs = 10, Optimizer = new SgdOptions { LearningRate = 0.5 } });
        var history = trainer.Train(new ShuffledBatches(train, 64, seed: 1), () => Accuracy(body, test));

        // Softmax regression is known to reach about 96 % on these digits; 93 % leaves room for the split.
        Assert.True(history.Epochs[^1].Validation > 0.93, $"{history.Epochs[^1].Validation}");
        Assert.Equal(Enumerable.Range(1, 10), history.Epochs.Select(epoch => epoch.Epoch));
        Assert.False(body.training);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_update_is_that_of_torch(bool adam)
    {
        using var scope = NewDisposeScope();
        using var images = Blobs(24);
        var batches = new ShuffledBatches(images, 8, seed: 3);
        using var ours = new SoftmaxRegression(4, 3);
        using var theirs = new SoftmaxRegression(4, 3);
        OptimizerOptions options = adam
            ? new AdamWOptions { LearningRate = 0.01, WeightDecay = 0.1 }
            : new SgdOptions { LearningRate = 0.1, WeightDecay = 0.1 };
        new Trainer(ours, Softmax, new() { Epochs = 4, Optimizer = options, Schedule = LearningRateSchedule.Constant }).Train(batches);

        using optim.Optimizer decayed = adam
            ? optim.AdamW([theirs.Weight], 0.01, beta2: 0.999, weight_decay: 0.1)
            : optim.SGD([theirs.Weight], 0.1, momentum: 0.9, weight_decay: 0.1);
        using optim.Optimizer plain = adam
            ? optim.AdamW([theirs.Bias!], 0.01, beta2: 0.999, weight_decay: 0)
            : optim.SGD([theirs.Bias!], 0.1, momentum: 0.9);
        foreach (var batch in Enumerable.Range(0, 4).SelectMany(epoch => batches.Epoch(epoch)))
        {
            Softmax(theirs.call(batch.Samples), batch.Labels).backward();
            decayed.step();
            plain.step();
            theirs.zero_grad();
        }

        // The same formulas; single precision rounds a few of the sums in another order.
        Assert.True(ours.Weight.allclose(theirs.Weight, rtol: 1e-4, atol: 1e-6));
        Assert.True(ours.Bias!.allclose(theirs.Bias!, rtol: 1e-4, atol: 1e-6));
        Assert.NotEqual(0, ours.Bias!.abs().sum().item<float>());
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0.5)]
    public void A_normalization_layer_of_ones_own_does_not_decay(bool says, float expected)
    {
        using var images = Blobs(8);
        using OwnScale body = says ? new OwnNormalization() : new OwnScale();
        var optimizer = new SgdOptions { LearningRate = 1, WeightDecay = 0.5 };
        var options = new TrainerOptions { Epochs = 1, Optimizer = optimizer, Schedule = LearningRateSchedule.Constant };
        new Trainer(body, (x, y) => 0 * x.sum(), options).Train(new ShuffledBatches(images, 8, 1));
        Assert.Equal(expected, body.Gain.item<float>());
    }

    [Fact]
    public void Body_and_head_have_rates_of_their_own()
    {
        using var scope = NewDisposeScope();
        using var images = Blobs(24);
        random.manual_seed(1);
        using var body = new Perceptron(4, 2);
        using var head = new MarginSoftmaxLoss(2, 3);
        var before = head.Weight.detach().clone();
        var bodyBefore = body.state_dict()["layers.0.weight"].detach().clone();
        var options = new SgdOptions { LearningRate = 0.1, HeadLearningRate = 0 };
        new Trainer(body, head, new() { Epochs = 2, Optimizer = options }).Train(new ShuffledBatches(images, 8, 1));
        Assert.Equal(before.bytes.ToArray(), head.Weight.bytes.ToArray());
        Assert.NotEqual(bodyBefore.bytes.ToArray(), body.state_dict()["layers.0.weight"].bytes.ToArray());
    }

    [Fact]
    public void Clipped_gradients_move_weights_by_at_most_rate_times_limit()
    {
        using var scope = NewDisposeScope();
        using var images = Blobs(8);
        using var body = new SoftmaxRegression(4, 3, bias: false);
        var optimizer = new SgdOptions { LearningRate = 1, WeightDecay = 0 };
        new Trainer(body, (x, y) => 1000 * Softmax(x, y), new() { Epochs = 1, Optimizer = optimizer, GradientClip = 0.5 })
            .Train(new ShuffledBatches(images, 8, 1));
        Assert.Equal(0.5, body.Weight.norm().item<float>(), 1e-5);
    }

    [Fact]
    public void Patience_stops_a_run_that_no_longer_improves()
    {
        using var images = Blobs(8);
        using var body = new SoftmaxRegression(4, 3);
        var scores = new Queue<double>([0.1, 0.3, 0.2, 0.3, 0.9]);
        var trainer = new Trainer(body, Softmax, new() { Epochs = 5, Patience = 2 });
        var history = trainer.Train(new ShuffledBatches(images, 8, 1), scores.Dequeue);
        Assert.True(history.StoppedEarly);
        Assert.Equal(4, history.Epochs.Count);
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_the_run_and_keeps_the_last_good_checkpoint()
    {
        using var images = Blobs(32);
        using var body = new SoftmaxRegression(4, 3);
        int calls = 0;
        Tensor Explode(Tensor logits, Tensor labels) => Softmax(logits, labels) * (++calls == 7 ? double.NaN : 1);
        var options = new TrainerOptions { Epochs = 3, CheckpointPath = _folder["run"], Optimizer = new SgdOptions { LearningRate = 0.25 } };
        var error = Assert.Throws<TrainingDivergedException>(
            () => new Trainer(body, Explode, options).Train(new ShuffledBatches(images, 8, 1)));
        Assert.Equal(7, error.Step);
        Assert.Contains("learning rate", error.Message);
        Assert.Contains(_folder["run"], error.Message);
        using var fresh = new SoftmaxRegression(4, 3);
        Assert.Equal(3, new Trainer(fresh, Softmax, options).Train(new ShuffledBatches(images, 8, 1)).Epochs.Count);
        Assert.True(fresh.Weight.isfinite().all().item<bool>());
    }

    [Fact]
    public void A_head_that_refuses_what_is_not_finite_counts_as_divergence()
    {
        using var images = Blobs(32);
        using var body = new Perceptron(4, 2);
        using var head = new MarginSoftmaxLoss(2, 3);
        var options = new TrainerOptions { Optimizer = new SgdOptions { LearningRate = 1e38 }, Schedule = LearningRateSchedule.Constant };
        Assert.Throws<TrainingDivergedException>(() => new Trainer(body, head, options).Train(new ShuffledBatches(images, 8, 1)));
    }

    [Fact]
    public void A_cancelled_run_goes_on_to_the_same_weights()
    {
        using var images = Blobs(40);
        byte[] whole = Run(images, null);
        using var source = new CancellationTokenSource();
        var stop = new Inform(progress =>
        {
            if (progress.Step >= 7)
            {
                source.Cancel();
            }
        });
        Assert.Throws<OperationCanceledException>(() => Run(images, _folder["run"], source, stop));
        Assert.Equal(whole, Run(images, _folder["run"]));
    }

    [Fact]
    public void A_damaged_or_foreign_checkpoint_is_refused_with_the_reason()
    {
        using var images = Blobs(40);
        string path = _folder["run"];
        Run(images, path);
        byte[] good = File.ReadAllBytes(path);
        var random = new SplitMix64(5);
        for (int i = 0; i < 40; i++)
        {
            byte[] bad = [.. good];
            bad[random.NextInt32(bad.Length)] ^= (byte)(1 << random.NextInt32(8));
            File.WriteAllBytes(path, bad);
            Assert.Contains(path, Assert.Throws<InvalidDataException>(() => Run(images, path)).Message);
        }

        File.WriteAllBytes(path, good[..^9]);
        Assert.Throws<InvalidDataException>(() => Run(images, path));
        using var other = new Perceptron(4, 3);
        ArcFace.Interchange.Weights.Save(path, other);
        Assert.Contains("no checkpoint", Assert.Throws<InvalidDataException>(() => Run(images, path)).Message);
        File.WriteAllBytes(path, good);
        var options = new TrainerOptions { CheckpointPath = path, Optimizer = new SgdOptions { LearningRate = 0.125 } };
        var error = Assert.Throws<InvalidDataException>(
            () => new Trainer(other, Softmax, options).Train(new ShuffledBatches(images, 8, 1)));
        Assert.Contains("LearningRate = 0.125", error.Message);
    }

    [Fact]
    public void A_run_leaves_no_tensor_behind()
    {
        using var images = Blobs(40);
        using var body = new ConvolutionalEmbedder(2, 8, width: 2);
        using var large = new LabeledImages(rand(24, 1, 8, 8), arange(24, dtype: ScalarType.Int64) % 3, ["a", "b", "c"]);
        using var head = new MarginSoftmaxLoss(2, 3, new() { Scale = 8 });
        var options = new TrainerOptions
        {
            Epochs = 2,
            Schedule = LearningRateSchedule.Constant,
            GradientClip = 1,
            CheckpointPath = _folder["run"],
            CheckpointEvery = 2,
            ReportEvery = 2,
            Precision = ScalarType.BFloat16,
        };
        var trainer = new Trainer(body, head, options);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        trainer.Train(new ShuffledBatches(large, 8, 1), () => 0);
        new Trainer(body, head, options with { Epochs = 4 }).Train(new ShuffledBatches(large, 8, 1), () => 0);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void An_IResNet_18_step_at_112_runs_on_the_processor()
    {
        using var images = new LabeledImages(rand(2, 3, 112, 112), arange(2, dtype: ScalarType.Int64), ["a", "b"]);
        using var body = new IResNet(IResNetDepth.R18);
        using var head = new MarginSoftmaxLoss(512, 2);
        var history = new Trainer(body, head, new() { Epochs = 1, Device = CPU }).Train(new ShuffledBatches(images, 2, 1));
        Assert.True(history.FinalLoss > 0);
    }

    [Fact]
    public void Options_out_of_their_limits_are_refused()
    {
        using var body = new SoftmaxRegression(4, 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Trainer(body, Softmax, new() { Epochs = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Trainer(body, Softmax, new() { Optimizer = new SgdOptions { LearningRate = -1 } }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Trainer(body, Softmax, new() { GradientClip = 0 }));
        Assert.Throws<ArgumentException>(() => new Trainer(body, Softmax, new() { Precision = ScalarType.BFloat16 }));
    }

    private static byte[] Run(
        LabeledImages images, string? path, CancellationTokenSource? source = null, IProgress<TrainingProgress>? progress = null)
    {
        random.manual_seed(11);
        using var body = new Perceptron(4, 2, 5);
        using var head = new MarginSoftmaxLoss(2, 3, new() { Scale = 8 });
        var options = new TrainerOptions
        {
            Epochs = 4,
            CheckpointPath = path,
            ReportEvery = 1,
            Optimizer = new AdamWOptions { LearningRate = 0.01 },
        };
        var token = source?.Token ?? TestContext.Current.CancellationToken;
        new Trainer(body, head, options).Fit(new ShuffledBatches(images, 8, 1), null, progress, token);
        return [.. body.parameters().Append(head.Weight).SelectMany(parameter => parameter.bytes.ToArray())];
    }

    private static LabeledImages Blobs(int count)
    {
        using var generator = new Generator(2);
        var labels = arange(count, dtype: ScalarType.Int64) % 3;
        return new LabeledImages(rand(count, 1, 2, 2, generator: generator), labels, ["a", "b", "c"]);
    }

    private static Tensor Softmax(Tensor logits, Tensor labels) => CrossEntropy.FromLogits(logits, labels);

    private static double Accuracy(nn.Module<Tensor, Tensor> body, LabeledImages images) =>
        body.call(images.Images).argmax(1).eq(images.Labels).to(ScalarType.Float32).mean().item<float>();

    private sealed class Inform(Action<TrainingProgress> inform) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => inform(value);
    }

    private class OwnScale : nn.Module<Tensor, Tensor>
    {
        public OwnScale()
            : base(nameof(OwnScale)) => RegisterComponents();

        public Parameter Gain { get; } = nn.Parameter(ones(1, 1));

        public override Tensor forward(Tensor input) => input * Gain;
    }

    private sealed class OwnNormalization : OwnScale, INormalization;
}
