using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ArcFace.Data;
using ArcFace.Interchange;
using ArcFace.Losses;
using ArcFace.Models;
using ArcFace.Training;
using static TorchSharp.torch;

namespace ArcFace.Tests.Training;

/// <summary>A checkpoint is taken up by the run that made it and by no other, and whatever its file says, nothing worse than that happens.</summary>
[Collection(TensorCounts.Name)]
public sealed class ResumeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LabeledImages _images = Blobs();

    private TrainerOptions Options => new()
    {
        Epochs = 2,
        Device = CPU,
        CheckpointPath = _folder["run"],
        CheckpointEvery = 3,
        Optimizer = new AdamWOptions { LearningRate = 0.01 },
        Schedule = LearningRateSchedule.Cosine,
    };

    public void Dispose()
    {
        _images.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("head.Options.Scale = 8")]
    [InlineData("head.Options.Margin.M2 = 0.5")]
    [InlineData("head.Options.LabelSmoothing = 0")]
    [InlineData("body.2 = ReLU")]
    [InlineData("body.4.p = 0.25")]
    [InlineData("Schedule.Name = cosine")]
    [InlineData("Schedule.WarmUp = 0")]
    [InlineData("Epochs = 2")]
    [InlineData("Optimizer.LearningRate = 0.01")]
    [InlineData("Optimizer = AdamWOptions")]
    [InlineData("GradientClip = none")]
    [InlineData("batches.Seed = 1")]
    [InlineData("batches.BatchSize = 8")]
    [InlineData("batches.Count = 40")]
    [InlineData("batches = ShuffledBatches")]
    [InlineData("batches.Augmentation.FlipProbability")]
    public void A_run_with_another_setting_is_refused_by_its_name(string setting)
    {
        IBatchSource Augmented(double flip) =>
            new AugmentedBatches(new ShuffledBatches(_images, 8, 1), new() { FlipProbability = flip }, seed: 1);

        bool augmented = setting.StartsWith("batches.Aug", StringComparison.Ordinal);
        Fit(batches: augmented ? Augmented(0.5) : null);
        Fit(batches: augmented ? Augmented(0.5) : null);
        byte[] kept = File.ReadAllBytes(_folder["run"]);
        using var fewer = _images.Select(Enumerable.Range(0, 39).Select(index => (long)index));
        Action fit = setting.Split('=')[0].Trim() switch
        {
            "head.Options.Scale" => () => Fit(head: new() { Scale = 16 }),
            "head.Options.Margin.M2" => () => Fit(head: new() { Scale = 8, Margin = AngularMargin.ArcFace(0.25) }),
            "head.Options.LabelSmoothing" => () => Fit(head: new() { Scale = 8, LabelSmoothing = 0.1 }),
            "body.2" => () => Fit(layer: nn.Tanh()),
            "body.4.p" => () => Fit(dropout: 0.5),
            "Schedule.Name" => () => Fit(Options with { Schedule = LearningRateSchedule.Linear }),
            "Schedule.WarmUp" => () => Fit(Options with { Schedule = LearningRateSchedule.Cosine.WithWarmUp(0.2) }),
            "Epochs" => () => Fit(Options with { Epochs = 3 }),
            "Optimizer.LearningRate" => () => Fit(Options with { Optimizer = new AdamWOptions { LearningRate = 0.02 } }),
            "Optimizer" => () => Fit(Options with { Optimizer = new SgdOptions { LearningRate = 0.01 } }),
            "GradientClip" => () => Fit(Options with { GradientClip = 5 }),
            "batches.Seed" => () => Fit(batches: new ShuffledBatches(_images, 8, 2)),
            "batches.BatchSize" => () => Fit(batches: new ShuffledBatches(_images, 9, 1)),
            "batches.Count" => () => Fit(batches: new ShuffledBatches(fewer, 8, 1)),
            "batches" => () => Fit(batches: new BalancedBatches(_images, 2, 4, 1)),
            _ => () => Fit(batches: Augmented(0.25)),
        };
        var error = Assert.Throws<InvalidDataException>(fit);
        Assert.Contains(_folder["run"], error.Message);
        Assert.Contains($"it was made with {setting}", error.Message);
        Assert.Equal(kept, File.ReadAllBytes(_folder["run"]));
    }

    [Fact]
    public void A_head_that_is_handed_over_as_a_function_is_compared_too()
    {
        void FitFunction(double scale)
        {
            using var body = nn.Sequential(nn.Flatten(), nn.Linear(4, 2));
            using var head = new MarginSoftmaxLoss(2, 3, new() { Scale = scale });
            new Trainer(body, head.call, Options).Train(new ShuffledBatches(_images, 8, 1));
        }

        FitFunction(8);
        FitFunction(8);
        Assert.Contains("head.Options.Scale = 8", Assert.Throws<InvalidDataException>(() => FitFunction(9)).Message);
    }

    [Fact]
    public void A_longer_run_goes_on_where_the_schedule_does_not_depend_on_the_length()
    {
        var constant = Options with { Schedule = LearningRateSchedule.Constant };
        Fit(constant);
        Assert.Equal(3, Fit(constant with { Epochs = 3 }).Epochs.Count);
    }

    [Theory]
    [InlineData("History", "[null]")]
    [InlineData("History", "[null, null]")]
    [InlineData("History", "null")]
    [InlineData("History", "[]")]
    [InlineData("History", """[{"Epoch":1,"Loss":"NaN","LearningRate":1},{"Epoch":2,"Loss":1,"LearningRate":1}]""")]
    [InlineData("History", """[{"Epoch":2,"Loss":1,"LearningRate":1},{"Epoch":1,"Loss":1,"LearningRate":1}]""")]
    [InlineData("Settings", "null")]
    [InlineData("Settings", "[]")]
    [InlineData("Settings", """{"Epochs":null}""")]
    [InlineData("Epoch", "-1")]
    [InlineData("Epoch", "99999999999")]
    [InlineData("Epoch", "null")]
    [InlineData("Batch", "-1")]
    [InlineData("Batch", "5")]
    [InlineData("BatchesPerEpoch", "0")]
    [InlineData("BatchesPerEpoch", "6")]
    [InlineData("LossSum", "\"NaN\"")]
    [InlineData("LossSum", "1e999")]
    [InlineData("StoppedEarly", "7")]
    public void A_position_that_no_run_can_have_is_refused(string member, string value)
    {
        Fit();
        Rewrite(position => position[member] = JsonNode.Parse(value));
        Assert.Contains(_folder["run"], Assert.Throws<InvalidDataException>(() => Fit()).Message);
    }

    public static TheoryData<string> BadGenerators => ["short", "long", "empty", "floats", "zeros", "ones", "index", "two-dimensional"];

    [Theory]
    [MemberData(nameof(BadGenerators))]
    public void A_generator_state_that_libtorch_would_end_the_process_over_is_refused(string kind)
    {
        using var scope = NewDisposeScope();
        Fit();
        Rewrite(tensors: state =>
        {
            var good = state["generator"];
            var index = good.clone();
            index[16] = tensor((byte)200);
            index[17] = tensor((byte)2);
            state["generator"] = kind switch
            {
                "short" => good.slice(0, 0, 5, 1).clone(),
                "long" => cat([good, good]),
                "empty" => empty(0, ScalarType.Byte),
                "floats" => good.to(ScalarType.Float32),
                "zeros" => zeros_like(good),
                "ones" => full_like(good, 255),
                "index" => index,
                _ => good.reshape(2, -1),
            };
        });
        Assert.Contains("'generator'", Assert.Throws<InvalidDataException>(() => Fit()).Message);
    }

    public static TheoryData<string> BadTensors => ["nan weight", "infinite memory", "double", "shape", "missing", "foreign", "integers"];

    [Theory]
    [MemberData(nameof(BadTensors))]
    public void Tensors_that_do_not_suit_the_run_are_refused_by_name_and_nothing_is_changed(string kind)
    {
        using var scope = NewDisposeScope();
        Fit();
        string name = kind is "infinite memory" or "integers" ? "optimizer.body.1.weight.mean" : "body.1.weight";
        Rewrite(tensors: state =>
        {
            var good = state[name];
            var changed = good.clone();
            changed[0] = full_like(changed[0], kind == "nan weight" ? double.NaN : double.PositiveInfinity);
            switch (kind)
            {
                case "nan weight" or "infinite memory":
                    state[name] = changed;
                    break;
                case "double":
                    state[name] = good.to(ScalarType.Float64);
                    break;
                case "integers":
                    state[name] = good.to(ScalarType.Int32);
                    break;
                case "shape":
                    state[name] = good.t().contiguous();
                    break;
                case "missing":
                    state.Remove(name);
                    break;
                default:
                    state.Add("body.1.weight2", good);
                    break;
            }
        });
        using var body = nn.Sequential(nn.Flatten(), nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 2), nn.Dropout(0.25));
        byte[] before = body.parameters().First().bytes.ToArray();
        using var head = new MarginSoftmaxLoss(2, 3, new() { Scale = 8 });
        Assert.Contains($"'{(kind == "foreign" ? "body.1.weight2" : name)}'", Assert.Throws<InvalidDataException>(
            () => new Trainer(body, head, Options).Train(new ShuffledBatches(_images, 8, 1))).Message);
        Assert.Equal(before, body.parameters().First().bytes.ToArray());
    }

    [Fact]
    public void A_strict_load_that_is_refused_does_not_say_that_something_was_loaded()
    {
        using var six = new Perceptron(4, 2, 6);
        using var other = new Perceptron(4, 3, 6);
        Weights.Save(_folder["six"], six);
        string message = Assert.Throws<InvalidDataException>(() => Weights.Load(_folder["six"], other)).Message;
        Assert.Contains("nothing was loaded", message);
        Assert.DoesNotContain("2 loaded", message);
        using var scope = NewDisposeScope();
        message = Assert.Throws<ArgumentException>(() => Weights.Load(other, Safetensors.Load(_folder["six"]))).Message;
        Assert.Contains("nothing was loaded", message);
    }

    private TrainingHistory Fit(
        TrainerOptions? options = null,
        MarginSoftmaxOptions? head = null,
        IBatchSource? batches = null,
        nn.Module<Tensor, Tensor>? layer = null,
        double dropout = 0.25)
    {
        random.manual_seed(11);
        using var body = layer is null
            ? nn.Sequential(nn.Flatten(), nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 2), nn.Dropout(dropout))
            : nn.Sequential(nn.Flatten(), nn.Linear(4, 5), layer, nn.Linear(5, 2), nn.Dropout(dropout));
        using var loss = new MarginSoftmaxLoss(2, 3, head ?? new() { Scale = 8 });
        return new Trainer(body, loss, options ?? Options).Train(batches ?? new ShuffledBatches(_images, 8, 1));
    }

    /// <summary>Changes the checkpoint and gives it the checksum of what it holds then, as whoever means harm would.</summary>
    private void Rewrite(Action<JsonObject>? position = null, Action<Dictionary<string, Tensor>>? tensors = null)
    {
        using var scope = NewDisposeScope();
        var state = Safetensors.Load(_folder["run"], out var metadata);
        var json = JsonNode.Parse(metadata["position"])!.AsObject();
        position?.Invoke(json);
        tensors?.Invoke(state);
        string text = json.ToJsonString();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(text));
        foreach (var (name, tensor) in state.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{name}\n{tensor.dtype}\n{string.Join(",", tensor.shape)}\n"));
            hash.AppendData(tensor.contiguous().bytes.ToArray());
        }

        Safetensors.Save(_folder["run"], state, new Dictionary<string, string>(metadata)
        {
            ["position"] = text,
            ["sha256"] = Convert.ToHexStringLower(hash.GetHashAndReset()),
        });
    }

    private static LabeledImages Blobs()
    {
        using var generator = new Generator(2);
        return new LabeledImages(rand(40, 1, 2, 2, generator: generator), arange(40, dtype: ScalarType.Int64) % 3, ["a", "b", "c"]);
    }
}
