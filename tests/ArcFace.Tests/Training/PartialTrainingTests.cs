using ArcFace.Data;
using ArcFace.Losses;
using ArcFace.Models;
using ArcFace.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Training;

/// <summary>Partial FC under the trainer, on people who are points: 400 of them, each scattered about a direction of its own.</summary>
public sealed class PartialTrainingTests
{
    private const int People = 400, Pictures = 6, BatchSize = 32, Width = 24, Size = 16;

    // Trained to the end: after a tenth of these epochs a tenth of the classes costs some fifteen points. Here it is 0.58, with the
    // next seed 0.75.
    [Fact]
    public void A_tenth_of_the_classes_a_step_is_within_a_point_of_all_of_them()
    {
        double all = Accuracy(1), tenth = Accuracy(0.1);
        Assert.Equal(40, PartialClasses.Count(0.1, BatchSize, People));
        Assert.InRange(all, 0.9, 0.9999);
        Assert.InRange(tenth, all - 0.01, all + 0.01);
    }

    public static TheoryData<OptimizerOptions> Optimizers() =>
        [new SgdOptions { LearningRate = 0.5, HeadLearningRate = 1 }, new AdamWOptions { LearningRate = 0.01 }];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_run_that_is_resumed_draws_the_classes_it_would_have_drawn(OptimizerOptions optimizer)
    {
        string folder = Directory.CreateTempSubdirectory("partial").FullName;
        try
        {
            using DisposeScope scope = NewDisposeScope();
            (LabeledImages train, LabeledImages test) = Clusters();
            Tensor whole = Run(train, 4, null, optimizer), half = Run(train, 2, Path.Combine(folder, "run"), optimizer);
            Tensor resumed = Run(train, 4, Path.Combine(folder, "run"), optimizer);
            Assert.False(half.equal(whole).all().item<bool>());
            Assert.True(resumed.equal(whole).all().item<bool>());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Tensor Run(LabeledImages train, int epochs, string? path, OptimizerOptions optimizer)
    {
        random.manual_seed(1);
        using var body = Body();
        using MarginSoftmaxLoss head = new(Size, People, new() { SampleRate = 0.2, Scale = 16 });
        new Trainer(body, head, new()
        {
            Epochs = epochs,
            Optimizer = optimizer,
            Schedule = LearningRateSchedule.Constant,
            GradientClip = 5,
            CheckpointPath = path,
        }).Train(new ShuffledBatches(train, 64, seed: 1));
        return head.Weight.detach().clone();
    }

    private static nn.Module<Tensor, Tensor> Body() => nn.Sequential(nn.Flatten(), new BatchNormalization(Width), nn.Linear(Width, Size));

    private static double Accuracy(double sampleRate)
    {
        using DisposeScope scope = NewDisposeScope();
        (LabeledImages train, LabeledImages test) = Clusters();
        random.manual_seed(1);
        using var body = Body();
        using MarginSoftmaxLoss head = new(Size, People, new() { SampleRate = sampleRate, Scale = 16, Margin = AngularMargin.ArcFace(0.2) });
        new Trainer(body, head, new()
        {
            Epochs = 50,
            Optimizer = new SgdOptions { LearningRate = 0.5, HeadLearningRate = 5, WeightDecay = 1e-4 },
            Schedule = LearningRateSchedule.Cosine,
        }).Train(new ShuffledBatches(train, BatchSize, seed: 1));
        using IDisposable frozen = no_grad();
        return head.Logits(body.call(test.Images)).argmax(1).eq(test.Labels).to(ScalarType.Float64).mean().item<double>();
    }

    private static (LabeledImages Train, LabeledImages Test) Clusters()
    {
        random.manual_seed(101);
        Tensor people = randn(People, Width), labels = arange(People).repeat_interleave(Pictures);
        LabeledImages Pictured() => new(
            (people.index_select(0, labels) + randn(People * Pictures, Width) * 0.4).sigmoid().view(-1, 1, 4, Width / 4),
            labels.clone(),
            [.. Enumerable.Range(0, People).Select(person => $"person {person}")]);
        return (Pictured(), Pictured());
    }
}
