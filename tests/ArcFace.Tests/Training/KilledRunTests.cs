using System.Diagnostics;
using ArcFace.Data;
using ArcFace.Losses;
using ArcFace.Models;
using ArcFace.Tests.Interchange;
using ArcFace.Training;
using static TorchSharp.torch;

namespace ArcFace.Tests.Training;

/// <summary>Trains in a process of its own, which is killed again and again.</summary>
[Collection(TensorCounts.Name)]
public sealed class KilledRunTests
{
    private const string FolderVariable = "ARCFACE_TESTS_KILLED_RUN";

    [Fact]
    public void A_run_killed_at_random_moments_ends_with_the_same_weights()
    {
        using var folder = new TemporaryFolder();
        byte[] uninterrupted = Train(folder["whole"]);
        var chance = new SplitMix64(17);
        int kills = 0;
        for (int attempt = 0; attempt < 60 && !File.Exists(folder["weights"]); attempt++)
        {
            using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!)
            {
                ArgumentList = { "-method", $"{typeof(KilledRunTests).FullName}.{nameof(A_run_writes_its_final_weights)}" },
                Environment = { [FolderVariable] = folder.FullName },
                RedirectStandardOutput = true,
            })!;

            // Until it trains, a kill would test nothing; then any moment will do.
            long mark = Stamp(folder["run"]);
            while (!child.HasExited && Stamp(folder["run"]) == mark)
            {
                Thread.Sleep(1);
            }

            if (kills < 4 && !child.WaitForExit(chance.NextInt32(60)))
            {
                child.Kill();
                kills++;
            }

            child.WaitForExit();
        }

        Assert.True(kills > 0);
        Assert.Equal(uninterrupted, File.ReadAllBytes(folder["weights"]));
    }

    [Fact]
    public void A_run_writes_its_final_weights()
    {
        using var own = new TemporaryFolder();
        string? given = Environment.GetEnvironmentVariable(FolderVariable);
        string path = Path.Combine(given ?? own.FullName, "weights");
        byte[] weights = Train(Path.Combine(given ?? own.FullName, "run"));
        File.WriteAllBytes(path + ".part", weights);
        File.Move(path + ".part", path, overwrite: true);
        Assert.NotEmpty(File.ReadAllBytes(path));
    }

    private static long Stamp(string path) => File.Exists(path) ? File.GetLastWriteTimeUtc(path).Ticks : 0;

    private static byte[] Train(string checkpoint)
    {
        // One thread: the numbers must not depend on how busy the machine is, and so small a network gains nothing from two.
        int threads = get_num_threads();
        set_num_threads(1);
        using var digits = Digits.Load();
        using var eight = digits.SelectClasses(0, 1, 2, 3, 4, 5, 6, 7);
        random.manual_seed(5);
        using var body = new ConvolutionalEmbedder(2, 8, width: 4);
        using var head = new MarginSoftmaxLoss(2, 8, new() { Scale = 16 });
        var options = new TrainerOptions { Epochs = 3, CheckpointPath = checkpoint, CheckpointEvery = 10, Device = CPU };
        new Trainer(body, head, options).Train(new ShuffledBatches(eight, 32, seed: 4));
        set_num_threads(threads);
        return [.. body.state_dict().Values.Append(head.Weight).SelectMany(tensor => tensor.bytes.ToArray())];
    }
}
