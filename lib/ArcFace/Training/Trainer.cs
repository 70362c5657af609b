using ArcFace.Data;
using ArcFace.Models;

namespace ArcFace.Training;

/// <summary>Trains a body, which makes embeddings or logits of samples, under a head, which makes a loss of those and the labels.</summary>
/// <remarks>The same loop trains logistic regression and an <see cref="IResNet"/> under ArcFace. A step reads nothing back from the device;
/// losses gather there and are read every <see cref="TrainerOptions.ReportEvery"/> steps. A checkpoint is written only of weights and
/// optimizer state that are finite. With a checkpoint path, a run that was killed goes on where its last checkpoint stands when it is
/// started again the same way, and on the CPU ends with the same weights, bit for bit.</remarks>
/// <example>
/// Eight digits in the plane, about 96 % of the held-out ones at the right class after a second on two processor cores:
/// <code>
/// using var digits = Digits.Load();
/// using var eight = digits.SelectClasses(0, 1, 2, 3, 4, 5, 6, 7);
/// var (train, test) = eight.Split(trainFraction: 0.7, seed: 1);
/// random.manual_seed(1);
/// using var body = nn.Sequential(nn.Flatten(), new BatchNormalization(64), new Perceptron(64, 2, 128));
/// using var head = new MarginSoftmaxLoss(embeddingSize: 2, classCount: 8, new() { Scale = 16 });
/// var trainer = new Trainer(body, head, new()
/// {
///     Epochs = 40,
///     Optimizer = new AdamWOptions { LearningRate = 0.02 },
///     Schedule = LearningRateSchedule.Cosine.WithWarmUp(0.05),
/// });
/// double Accuracy() => head.Logits(body.call(test.Images)).argmax(1).eq(test.Labels).to(float32).mean().item&lt;float&gt;();
/// var history = trainer.Fit(new ShuffledBatches(train, batchSize: 128, seed: 1), Accuracy);
/// </code>
/// </example>
public sealed class Trainer
{
    private readonly nn.Module<Tensor, Tensor> _body;
    private readonly nn.Module? _head;
    private readonly Func<Tensor, Tensor, Tensor> _loss;
    private readonly TrainerOptions _options;

    /// <summary>A trainer whose head has weights of its own, such as the class centers of a margin softmax loss.</summary>
    /// <param name="body">Samples [N, …] → embeddings [N, D]. It is moved to the training device.</param>
    /// <param name="head">(embeddings, labels) → the mean loss, a scalar. It is moved to the training device.</param>
    /// <param name="options">How to train; the defaults if null.</param>
    /// <exception cref="ArgumentException">An option is out of its limits or does not suit the body.</exception>
    public Trainer(nn.Module<Tensor, Tensor> body, nn.Module<Tensor, Tensor, Tensor> head, TrainerOptions? options = null)
        : this(body, Required(head).call, options, head)
    {
    }

    /// <summary>A trainer whose head is a plain function, such as a cross entropy.</summary>
    /// <param name="body">Samples [N, …] → logits or embeddings. It is moved to the training device.</param>
    /// <param name="loss">(output of the body, labels) → the mean loss, a scalar.</param>
    /// <param name="options">How to train; the defaults if null.</param>
    /// <exception cref="ArgumentException">An option is out of its limits or does not suit the body.</exception>
    public Trainer(nn.Module<Tensor, Tensor> body, Func<Tensor, Tensor, Tensor> loss, TrainerOptions? options = null)
        : this(body, loss, options, head: null)
    {
    }

    private Trainer(nn.Module<Tensor, Tensor> body, Func<Tensor, Tensor, Tensor> loss, TrainerOptions? options, nn.Module? head)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(loss);
        (_body, _head, _loss, _options) = (body, head, loss, options ?? new TrainerOptions());
        _options.Validate();
        ArgumentException.ThrowIf(
            _options.Precision != ScalarType.Float32 && !Convolutions.Any(),
            $"the body has no {nameof(ConvolutionLayer)}, which is what computes in {_options.Precision}; train it in Float32",
            nameof(options));
        Device = _options.Device ?? ComputeDevice.Choose();
        _body.to(Device);
        _head?.to(Device);
    }

    /// <summary>Where the training computes.</summary>
    public Device Device { get; }

    private IEnumerable<ConvolutionLayer> Convolutions => _body.modules().Append(_body).OfType<ConvolutionLayer>();

    /// <summary>Trains to the last epoch, or until the validation score no longer rises.</summary>
    /// <param name="batches">What to learn from.</param>
    /// <param name="validate">Called after each epoch, with the body in evaluation mode: a score, the higher the better.</param>
    /// <param name="progress">Told every few steps and after each epoch.</param>
    /// <param name="cancellation">Stops the run after the current step; a checkpoint is written first where there is a path.</param>
    /// <returns>The run as data, also of the epochs before it was resumed.</returns>
    /// <exception cref="TrainingDivergedException">A loss, a gradient, a weight or what the optimizer remembers is not finite; the
    /// exception names the step that made it so.</exception>
    /// <exception cref="InvalidDataException">There is a checkpoint, and it is damaged or of another run: anything that decides the numbers
    /// is compared, but for the device, the number of threads, the images themselves and what a plain function computes.</exception>
    /// <exception cref="ArgumentException">A weight is not finite at the start.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public TrainingHistory Fit(
        IBatchSource batches,
        Func<double>? validate = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(batches);
        bool waits = _options.Patience is not null;
        ArgumentException.ThrowIf(waits && validate is null, "Patience waits for a validation score; give a validation hook", nameof(validate));
        if (_options.KeepFreedMemory && Device.type == DeviceType.CPU)
        {
            ProcessMemory.KeepFreed();
        }

        var before = Convolutions.Select(layer => (layer, layer.ComputeType)).ToList();
        try
        {
            before.ForEach(pair => pair.layer.ComputeType = _options.Precision);
            using var run = new TrainingRun(_body, _head, _loss, _options, Device, batches, progress);
            return run.ToTheEnd(validate, cancellation);
        }
        finally
        {
            before.ForEach(pair => pair.layer.ComputeType = pair.ComputeType);
        }
    }

    private static nn.Module<Tensor, Tensor, Tensor> Required(nn.Module<Tensor, Tensor, Tensor> head)
    {
        ArgumentNullException.ThrowIfNull(head);
        return head;
    }
}
