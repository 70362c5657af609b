using ArcFace.Data;
using ArcFace.Losses;
using ArcFace.Models;
using ArcFace.Training;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Lessons;

/// <summary>Trains a perceptron with one hidden layer and a head on images, the same way for every loss: AdamW, batches of 128.</summary>
/// <param name="EmbeddingSize">D, what the network makes of an image.</param>
/// <param name="Epochs">Passes over the images.</param>
/// <param name="LearningRate">Of AdamW, at the start of the schedule.</param>
/// <param name="Device">Where to train.</param>
/// <param name="HiddenSize">Width of the hidden layer.</param>
/// <param name="Centered">Whether the network first subtracts the mean of the training images, so that pixels point every way.</param>
public sealed record SmallTraining(
    int EmbeddingSize, int Epochs, double LearningRate, Device Device, int HiddenSize = 64, bool Centered = false)
{
    /// <summary>Trains with a margin, or with normalised softmax where it is none.</summary>
    /// <param name="train">The images.</param>
    /// <param name="seed">Of the first weights and of the batches.</param>
    /// <param name="options">Margin, scale and the rest of the head.</param>
    /// <param name="measure">Is given network and head when they are trained; what both made is gone afterwards.</param>
    public T Margin<T>(LabeledImages train, int seed, MarginSoftmaxOptions options, Func<nn.Module<Tensor, Tensor>, MarginSoftmaxLoss, T> measure) =>
        Run<T>(train, seed, body =>
        {
            var head = new MarginSoftmaxLoss(EmbeddingSize, train.ClassCount, options);
            return (head, new Trainer(body, head, Options), () => measure(body, head));
        });

    /// <summary>Trains with plain softmax: scores W_j·x + b_j and their cross entropy.</summary>
    /// <param name="train">The images.</param>
    /// <param name="seed">Of the first weights and of the batches.</param>
    /// <param name="measure">Is given network and head when they are trained.</param>
    public T Softmax<T>(LabeledImages train, int seed, Func<nn.Module<Tensor, Tensor>, SoftmaxRegression, T> measure) =>
        Run<T>(train, seed, body =>
        {
            var head = new SoftmaxRegression(EmbeddingSize, train.ClassCount);
            return (head, new Trainer(nn.Sequential(body, head), (z, y) => CrossEntropy.FromLogits(z, y), Options), () => measure(body, head));
        });

    private TrainerOptions Options => new() { Epochs = Epochs, Optimizer = new AdamWOptions { LearningRate = LearningRate }, Device = Device };

    private T Run<T>(LabeledImages train, int seed, Func<nn.Module<Tensor, Tensor>, (nn.Module Head, Trainer Trainer, Func<T> Measure)> make)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(seed);
        var perceptron = new Perceptron(train.Channels * train.Height * train.Width, EmbeddingSize, HiddenSize);
        using nn.Module<Tensor, Tensor> body = Centered ? nn.Sequential(new Centering(train), perceptron) : perceptron;
        (nn.Module head, Trainer trainer, Func<T> measure) = make(body);
        using (head)
        {
            trainer.Fit(new ShuffledBatches(train, 128, seed));
            using var withoutGradient = no_grad();
            return measure();
        }
    }

    private sealed class Centering : nn.Module<Tensor, Tensor>
    {
        private readonly Tensor _mean;

        public Centering(LabeledImages images)
            : base(nameof(Centering))
        {
            _mean = images.Images.mean([0L]);
            RegisterComponents();
        }

        public override Tensor forward(Tensor images) => images - _mean;
    }
}
