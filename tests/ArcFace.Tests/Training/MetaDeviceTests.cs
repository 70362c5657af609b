using ArcFace.Data;
using ArcFace.Losses;
using ArcFace.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Training;

/// <summary>
/// Steps of training on torch's <c>meta</c> device, whose tensors have shapes but no numbers: reading one, or mixing it with a tensor of the CPU,
/// throws. What passes here neither waits for a device nor leaves it. What a convolution, batch normalisation or PReLU would do there is not seen,
/// since libtorch has no meta kernel for them: the benchmarks' self-check runs them on a real device.
/// </summary>
[Collection(TensorCounts.Name)]
public sealed class MetaDeviceTests
{
    private const long Width = 6, Classes = 40;

    private static readonly AngularMargin[] Margins =
        [AngularMargin.None, AngularMargin.ArcFace(), AngularMargin.CosFace(), AngularMargin.SphereFace(), new(1, 0.3, 0.2)];

    public static TheoryData<MarginKernel, string, bool> Steps() =>
        new MatrixTheoryData<MarginKernel, string, bool>([MarginKernel.Eager, MarginKernel.Fused], ["plain", "sub-centers", "partial", "smoothed"], [false, true]);

    [Theory]
    [MemberData(nameof(Steps))]
    public void A_step_reads_no_number_of_the_device_and_leaves_none_for_the_CPU(MarginKernel kernel, string kind, bool adam)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (AngularMargin margin in Margins)
        {
            MarginSoftmaxOptions options = new()
            {
                Margin = margin,
                Kernel = kernel,
                CentersPerClass = kind == "sub-centers" ? 3 : 1,
                SampleRate = kind == "partial" ? 0.3 : 1,
                LabelSmoothing = kind == "smoothed" ? 0.1 : 0,
            };
            using var body = nn.Linear(5, Width);
            using var head = new MarginSoftmaxLoss(Width, Classes, options);
            OptimizerOptions optimizer = adam ? new AdamWOptions { LearningRate = 0.01 } : new SgdOptions { LearningRate = 0.01 };
            var trainer = new Trainer(body, head, new() { Epochs = 1, Optimizer = optimizer, GradientClip = 1, Device = META });

            TrainingHistory history = trainer.Train(new Drawn());

            Assert.Single(history.Epochs);
            Assert.All(body.parameters().Concat(head.parameters()), parameter => Assert.Equal(DeviceType.META, parameter.device_type));
        }
    }

    [Fact]
    public void Reading_a_number_there_throws() =>
        Assert.ThrowsAny<Exception>(() => zeros(1, device: META).item<float>());

    private sealed class Drawn : IBatchSource
    {
        public int BatchesPerEpoch => 2;

        public IEnumerable<Batch> Epoch(int epoch, int skip = 0)
        {
            for (int i = skip; i < BatchesPerEpoch; i++)
            {
                yield return new Batch(Draw.Normal(i, 8, 5).to(float32), Draw.Labels(i, 8, Classes));
            }
        }
    }
}
