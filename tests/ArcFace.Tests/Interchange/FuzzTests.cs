using System.Runtime.CompilerServices;
using ArcFace.Data;
using ArcFace.Interchange;
using ArcFace.Losses;
using ArcFace.Models;
using ArcFace.Tests.Training;
using ArcFace.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Interchange;

public sealed class FuzzTests : IDisposable
{
    private static readonly string[] Pickles = ["views.pth", "checkpoint.pt"];

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_damaged_safetensors_file_is_read_or_refused()
    {
        using var model = new SoftmaxRegression(4, 3);
        Weights.Save(_folder["weights"], model);
        Safetensors.Save(
            _folder["tensors"],
            new Dictionary<string, Tensor> { ["x"] = ones(2, 3), ["half"] = ones(5, ScalarType.Float16), ["none"] = zeros(0, 4), ["scalar"] = tensor(3L), ["b"] = ones(3, ScalarType.Bool) },
            new Dictionary<string, string> { ["a"] = "text", ["b \"c\" ü"] = "" });
        Fuzz.Files<InvalidDataException>(".safetensors", [File.ReadAllBytes(_folder["weights"]), File.ReadAllBytes(_folder["tensors"])], path =>
        {
            using DisposeScope scope = NewDisposeScope();
            Safetensors.Load(path);
            Weights.Load(path, model, strict: false);
        });
    }

    [Fact]
    public void A_damaged_file_of_PyTorch_is_read_or_refused()
    {
        using var model = new SoftmaxRegression(4, 3);
        string golden = Path.Combine(Path.GetDirectoryName(SourcePath())!, "..", "Golden");
        byte[][] good = [.. Pickles.Select(name => File.ReadAllBytes(Path.Combine(golden, name)))];
        Fuzz.Files<InvalidDataException>(".pth", good, path =>
        {
            using DisposeScope scope = NewDisposeScope();
            Weights.Read(path);
            Weights.Load(path, model, strict: false);
        });
    }

    [Fact]
    public void A_damaged_checkpoint_is_resumed_from_or_refused()
    {
        using var images = new LabeledImages(rand(8, 1, 2, 2), arange(8) % 3, ["a", "b", "c"]);
        void Train(string path, int epochs)
        {
            random.manual_seed(1);
            using var body = new Perceptron(4, 2);
            using var head = new MarginSoftmaxLoss(2, 3, new() { Scale = 8 });
            var options = new TrainerOptions { Epochs = epochs, CheckpointPath = path, Device = CPU, Schedule = LearningRateSchedule.Constant };
            new Trainer(body, head, options).Train(new ShuffledBatches(images, 4, seed: 1));
        }

        Train(_folder["run"], 1);

        // Numbers of the weights may be anything; a run that then diverges says so.
        Fuzz.Files<InvalidDataException>(".checkpoint", [File.ReadAllBytes(_folder["run"])], path =>
        {
            try
            {
                Train(path, 2);
            }
            catch (TrainingDivergedException)
            {
                return;
            }
        }, Sealed);
    }

    /// <summary>The file with the checksum of what it now holds, if it still is a file.</summary>
    private byte[] Sealed(byte[] content)
    {
        using DisposeScope scope = NewDisposeScope();
        try
        {
            File.WriteAllBytes(_folder["sealed"], content);
            var tensors = Safetensors.Load(_folder["sealed"], out var metadata);
            string position = metadata.GetValueOrDefault("position", "");
            Safetensors.Save(_folder["sealed"], tensors, new Dictionary<string, string>(metadata) { ["sha256"] = Checkpoint.Checksum(tensors, position) });
            return File.ReadAllBytes(_folder["sealed"]);
        }
        catch (InvalidDataException)
        {
            return content;
        }
    }

    private static string SourcePath([CallerFilePath] string path = "") => path;
}
