using ArcFace.Data;
using ArcFace.Losses;
using ArcFace.Models;
using ArcFace.Notebooks.Lessons;
using ArcFace.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Training;

/// <summary>A network of real size under ArcFace: one step on the CPU, in single precision and in bfloat16.</summary>
public sealed class FaceNetworkStepTests
{
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void An_IResNet18_takes_a_step_on_pictures_of_112_by_112(ScalarType precision)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(1);
        using SyntheticFaces painter = new(new() { Size = 112 });
        using LabeledImages faces = painter.Generate(people: 2, picturesPerPerson: 2);
        using var body = nn.Sequential(new PixelNormalization(), new IResNet(IResNetDepth.R18));
        using MarginSoftmaxLoss head = new(512, 2, new() { Scale = 16 });
        List<TorchSharp.Modules.Parameter> weights = [.. body.parameters().Concat(head.parameters()).Where(weight => weight.requires_grad)];
        List<Tensor> before = [.. weights.Select(weight => weight.detach().clone())];

        TrainingHistory history = new Trainer(body, head, new()
        {
            Epochs = 1,
            Precision = precision,
            Optimizer = new SgdOptions { LearningRate = 0.1 },
            Device = CPU,
        }).Fit(new ShuffledBatches(faces, batchSize: 4, seed: 1), cancellation: TestContext.Current.CancellationToken);

        Assert.True(double.IsFinite(Assert.Single(history.Epochs).Loss));
        Assert.All(
            weights.Zip(before),
            pair => Assert.True(pair.First.isfinite().all().item<bool>() && !pair.First.equal(pair.Second).all().item<bool>()));
    }
}
