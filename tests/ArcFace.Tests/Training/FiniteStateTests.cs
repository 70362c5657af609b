using ArcFace.Data;
using ArcFace.Losses;
using ArcFace.Models;
using ArcFace.Training;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using OptimizerOptions = ArcFace.Training.OptimizerOptions;

namespace ArcFace.Tests.Training;

/// <summary>Whatever becomes infinite is found at the step that made it, and never takes the place of a good checkpoint.</summary>
[Collection(TensorCounts.Name)]
public sealed class FiniteStateTests : IDisposable
{
    private const int Epochs = 3, BatchesPerEpoch = 8, Bad = 20, Last = Epochs * BatchesPerEpoch;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, int> Faults =>
        new MatrixTheoryData<string, int>(["sgd", "plain sgd", "adamw"], [1, Bad, Last]);

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_gradient_that_is_not_finite_under_a_finite_loss_is_found_at_its_step(string optimizer, int step)
    {
        var error = Assert.Throws<TrainingDivergedException>(() => Run(Of(optimizer), InfiniteDerivativeAt(step), reportEvery: 7));
        Assert.Equal(step, error.Step);
        Assert.Contains($"at step {step}", error.Message);
        Assert.Contains("is not finite, while the loss is", error.Message);
        if (step > 1)
        {
            int good = Enumerable.Range(1, step - 1).Last(done => done % 5 == 0 || done % BatchesPerEpoch == 0);
            Assert.Contains($"last good state, of step {good}, is in '{_folder["run"]}'", error.Message);
        }

        // The same run without the fault goes on from the checkpoint to its end.
        var history = Run(Of(optimizer), (logits, labels) => CrossEntropy.FromLogits(logits, labels), reportEvery: 7);
        Assert.Equal(Epochs, history.Epochs.Count);
    }

    [Fact]
    public void A_square_that_overflows_in_the_optimizer_is_found_at_its_step()
    {
        int step = 0;
        Tensor Steep(Tensor logits, Tensor labels) => CrossEntropy.FromLogits(logits, labels) * (++step == 4 ? 1e30 : 1);
        Assert.Equal(4, Assert.Throws<TrainingDivergedException>(() => Run(new AdamWOptions { LearningRate = 0.01 }, Steep)).Step);
    }

    [Fact]
    public void A_weight_that_a_step_throws_beyond_its_range_is_found_at_that_step()
    {
        var optimizer = new SgdOptions { LearningRate = 1e38, WeightDecay = 0 };
        Tensor Steep(Tensor logits, Tensor labels) => CrossEntropy.FromLogits(logits, labels) * 1e3;
        Assert.Equal(1, Assert.Throws<TrainingDivergedException>(() => Run(optimizer, Steep)).Step);
    }

    [Fact]
    public void A_row_that_no_later_loss_looks_at_counts_too()
    {
        using var images = Blobs();
        using var body = new Perceptron(4, 2);
        using var head = new RowOnce();
        var optimizer = new SgdOptions { LearningRate = 0.1, WeightDecay = 0 };
        var options = new TrainerOptions { Epochs = 1, Device = CPU, CheckpointPath = _folder["run"], Optimizer = optimizer };
        var error = Assert.Throws<TrainingDivergedException>(() => new Trainer(body, head, options).Train(new ShuffledBatches(images, 8, 1)));
        Assert.Equal(3, error.Step);
        Assert.Contains("head.rows", error.Message);
        Assert.False(File.Exists(_folder["run"]));
    }

    [Fact]
    public void A_moving_average_that_is_not_finite_is_not_kept()
    {
        using var images = Blobs();
        using var body = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(4), nn.Linear(4, 3));
        var options = new TrainerOptions { Epochs = 1, Device = CPU, CheckpointPath = _folder["run"] };
        var error = Assert.Throws<TrainingDivergedException>(
            () => new Trainer(body, CrossEntropyOf, options).Train(new ShuffledBatches(images, 1, 1)));
        Assert.Contains("body.1.running_var", error.Message);
        Assert.False(File.Exists(_folder["run"]));
    }

    [Fact]
    public void A_buffer_that_holds_infinities_by_design_disturbs_nobody()
    {
        using var images = Blobs();
        using var body = new Masked();
        var options = new TrainerOptions { Epochs = 2, Device = CPU, CheckpointPath = _folder["run"] };
        new Trainer(body, CrossEntropyOf, options).Train(new ShuffledBatches(images, 8, 1));
        using var again = new Masked();
        Assert.Equal(2, new Trainer(again, CrossEntropyOf, options).Train(new ShuffledBatches(images, 8, 1)).Epochs.Count);
    }

    [Fact]
    public void Weights_that_are_not_finite_at_the_start_are_refused()
    {
        using var images = Blobs();
        using var body = new SoftmaxRegression(4, 3);
        using (no_grad())
        {
            body.Weight.fill_(double.NaN);
        }

        var error = Assert.Throws<ArgumentException>(() => new Trainer(body, CrossEntropyOf).Train(new ShuffledBatches(images, 8, 1)));
        Assert.Contains("body.weight", error.Message);
    }

    [Fact]
    public void Large_but_finite_weights_are_no_fault()
    {
        using var images = Blobs();
        using var body = new SoftmaxRegression(4, 3);
        using (no_grad())
        {
            // Their sum overflows.
            body.Weight.fill_(3e38);
        }

        var options = new TrainerOptions { Epochs = 1, Device = CPU, Optimizer = new SgdOptions { LearningRate = 0, WeightDecay = 0 } };
        new Trainer(body, (_, _) => (body.Weight * 0).sum(), options).Train(new ShuffledBatches(images, 8, 1));
    }

    [Fact]
    public void Gradients_of_a_training_before_take_no_part()
    {
        using var images = Blobs();
        using var body = new SoftmaxRegression(4, 3);
        using var untouched = new SoftmaxRegression(4, 3);
        (1000 * body.Weight.sum()).backward();
        foreach (var one in new[] { body, untouched })
        {
            new Trainer(one, CrossEntropyOf, new() { Epochs = 1, Device = CPU }).Train(new ShuffledBatches(images, 8, 1));
        }

        Assert.Equal(untouched.Weight.bytes.ToArray(), body.Weight.bytes.ToArray());
    }

    [Theory]
    [InlineData(ScalarType.Float32, 1e25)]
    [InlineData(ScalarType.Float64, 1e200)]
    [InlineData(ScalarType.Float16, 1e4)]
    [InlineData(ScalarType.BFloat16, 1e25)]
    public void Clipping_knows_the_length_of_every_gradient_that_the_type_can_hold(ScalarType type, double size)
    {
        using var scope = NewDisposeScope();
        using var images = Blobs(type);
        using var body = new Layer(type);
        var start = body.Weight.detach().clone().to(ScalarType.Float64);
        var options = new TrainerOptions
        {
            Epochs = 1,
            Device = CPU,
            GradientClip = 1,
            Optimizer = new SgdOptions { LearningRate = 1, Momentum = 0, WeightDecay = 0 },
        };
        new Trainer(body, (outputs, _) => outputs.mul(tensor(size, type)).sum(), options).Train(new OneBatch(type));

        // One step along the gradient, which is of length one then: 4096 equal numbers, 1/64 each, but for the type's rounding.
        double tolerance = type switch { ScalarType.Float16 => 1e-3, ScalarType.BFloat16 => 8e-3, _ => 1e-5 };
        var moved = start - body.Weight.detach().to(ScalarType.Float64);
        Assert.Equal(1, moved.norm().item<double>(), tolerance);
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void Weights_in_half_precision_move_as_those_in_single_precision(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var half = new Layer(type);
        using var single = new Layer(ScalarType.Float32);
        foreach (var (one, precision) in new[] { (half, type), (single, ScalarType.Float32) })
        {
            var options = new TrainerOptions { Epochs = 8, Device = CPU, Optimizer = new AdamWOptions { LearningRate = 0.01 } };
            new Trainer(one, (outputs, _) => outputs.mean() * 1e-3, options).Train(new OneBatch(precision));
        }

        // Eight roundings of weights below 0.1 to 8 bits.
        var apart = half.Weight.to(ScalarType.Float32) - single.Weight;
        Assert.True(apart.abs().max().item<float>() < 8 * 0.1 / 256, $"{apart.abs().max().item<float>()}");
        Assert.True(single.Weight.abs().max().item<float>() > 0.03);
    }

    private static Tensor CrossEntropyOf(Tensor logits, Tensor labels) => CrossEntropy.FromLogits(logits, labels);

    private static OptimizerOptions Of(string optimizer) => optimizer switch
    {
        "adamw" => new AdamWOptions { LearningRate = 0.01 },
        "sgd" => new SgdOptions { LearningRate = 0.1 },
        _ => new SgdOptions { LearningRate = 0.1, Momentum = 0, WeightDecay = 0 },
    };

    private static Func<Tensor, Tensor, Tensor> InfiniteDerivativeAt(int step)
    {
        int calls = 0;
        return (logits, labels) =>
        {
            var loss = CrossEntropy.FromLogits(logits, labels);
            var one = logits.softmax(1).sum(1).mean();
            one = one / one.detach();
            return ++calls == step ? loss + (1 - one.square()).sqrt() : loss;
        };
    }

    private TrainingHistory Run(OptimizerOptions optimizer, Func<Tensor, Tensor, Tensor> loss, int reportEvery = 50)
    {
        using var images = Blobs();
        random.manual_seed(1);
        using var body = new SoftmaxRegression(4, 3);
        var options = new TrainerOptions
        {
            Epochs = Epochs,
            Device = CPU,
            Optimizer = optimizer,
            CheckpointPath = _folder["run"],
            CheckpointEvery = 5,
            ReportEvery = reportEvery,
        };
        try
        {
            return new Trainer(body, loss, options).Train(new ShuffledBatches(images, 8, 1));
        }
        finally
        {
            if (File.Exists(_folder["run"]))
            {
                using var scope = NewDisposeScope();
                Assert.All(
                    ArcFace.Interchange.Safetensors.Load(_folder["run"]).Values.Where(tensor => tensor.is_floating_point()),
                    tensor => Assert.True(tensor.isfinite().all().item<bool>()));
            }
        }
    }

    private static LabeledImages Blobs(ScalarType type = ScalarType.Float32)
    {
        using var generator = new Generator(2);
        const int Count = 8 * BatchesPerEpoch;
        return new LabeledImages(rand(Count, 1, 2, 2, generator: generator), arange(Count, dtype: ScalarType.Int64) % 3, ["a", "b", "c"]);
    }

    private sealed class OneBatch(ScalarType type) : IBatchSource
    {
        public int BatchesPerEpoch => 1;

        public IEnumerable<Batch> Epoch(int epoch, int first = 0)
        {
            yield return new Batch(ones(1, 64, dtype: type), zeros(1, ScalarType.Int64));
        }
    }

    /// <summary>x·Wᵀ with W 64×64 zeros.</summary>
    private sealed class Layer : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter _weight;

        public Layer(ScalarType type)
            : base("linear")
        {
            _weight = new Parameter(zeros(64, 64, dtype: type));
            RegisterComponents();
        }

        public Tensor Weight => _weight;

        public override Tensor forward(Tensor input) => input.matmul(_weight);
    }

    /// <summary>At its third call the derivative in row 2 is infinite; no other call looks at that row.</summary>
    private sealed class RowOnce : nn.Module<Tensor, Tensor, Tensor>
    {
        [ComponentName(Name = "rows")]
        private readonly Parameter _rows = new(ones(3, 2));
        private int _calls;

        public RowOnce()
            : base("rows") => RegisterComponents();

        public override Tensor forward(Tensor embeddings, Tensor labels)
        {
            var loss = (embeddings - _rows[0]).square().mean();
            return ++_calls == 3 ? loss + (1 - _rows[2].square()).sqrt().sum() : loss;
        }
    }

    private sealed class Masked : nn.Module<Tensor, Tensor>
    {
        private readonly Linear _inner = nn.Linear(4, 3);

        public Masked()
            : base("masked")
        {
            register_buffer("mask", full([3], double.NegativeInfinity));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => _inner.call(input.flatten(1));
    }
}
