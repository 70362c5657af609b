using System.Diagnostics;
using ArcFace.Data;
using ArcFace.Losses;
using ArcFace.Models;
using ArcFace.Notebooks.Lessons;
using ArcFace.Training;
using static TorchSharp.torch;

namespace ArcFace.Tests.Training;

/// <summary>Trains in a process of its own, which is killed again and again.</summary>
[Collection(TensorCounts.Name)]
public sealed class KilledRunTests
{
    private const string FolderVariable = "ARCFACE_TESTS_KILLED_RUN";

    private const int Kills = 4;

    // Not the path of this process, which is the host's where the tests are run by dotnet.
    private static readonly string Program = Path.ChangeExtension(
        typeof(KilledRunTests).Assembly.Location, OperatingSystem.IsWindows() ? "exe" : null);

    [Fact]
    public void A_run_killed_at_random_moments_ends_with_the_same_weights()
    {
        using var folder = new TemporaryFolder();
        var chance = new SplitMix64(17);
        int kills = 0;

        // A process takes longer to start than to train, so all start now, and each waits for its turn.
        Process[] children = [.. Enumerable.Range(0, Kills + 1).Select(_ => Start(folder.Path))];
        try
        {
            byte[] uninterrupted = Train(folder["whole"]);
            foreach (var child in children)
            {
                long mark = Stamp(folder["run"]);
                child.StandardInput.WriteLine();

                // Until it trains, a kill would test nothing; then any moment will do.
                while (!child.HasExited && Stamp(folder["run"]) == mark)
                {
                    Thread.Sleep(1);
                }

                if (kills < Kills && !child.WaitForExit(chance.NextInt32(60)))
                {
                    child.Kill();
                    kills++;
                }

                child.WaitForExit();
            }

            Assert.True(kills > 0);
            Assert.Equal(uninterrupted, File.ReadAllBytes(folder["weights"]));
        }
        finally
        {
            foreach (var child in children)
            {
                child.Kill();
                child.Dispose();
            }
        }
    }

    [Fact]
    public void A_run_writes_its_final_weights()
    {
        using var own = new TemporaryFolder();
        string? given = Environment.GetEnvironmentVariable(FolderVariable);
        string path = Path.Combine(given ?? own.Path, "weights");
        byte[] weights = Train(Path.Combine(given ?? own.Path, "run"), given is null ? null : Console.In);
        File.WriteAllBytes(path + ".part", weights);
        File.Move(path + ".part", path, overwrite: true);
        Assert.NotEmpty(File.ReadAllBytes(path));
    }

    private static Process Start(string folder) => Process.Start(new ProcessStartInfo(Program)
    {
        ArgumentList = { "-method", $"{typeof(KilledRunTests).FullName}.{nameof(A_run_writes_its_final_weights)}" },
        Environment = { [FolderVariable] = folder },
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    private static long Stamp(string path) => File.Exists(path) ? File.GetLastWriteTimeUtc(path).Ticks : 0;

    /// <summary>Trains once <paramref name="start"/> says a line.</summary>
    private static byte[] Train(string checkpoint, TextReader? start = null)
    {
        using var oneThread = new OneThread();
        using var digits = Digits.Load();
        using var eight = digits.SelectClasses(0, 1, 2, 3, 4, 5, 6, 7);
        random.manual_seed(5);
        using var body = new ConvolutionalEmbedder(2, 8, width: 4);
        using var head = new MarginSoftmaxLoss(2, 8, new() { Scale = 16 });
        start?.ReadLine();
        var options = new TrainerOptions { Epochs = 3, CheckpointPath = checkpoint, CheckpointEvery = 10, Device = CPU };
        new Trainer(body, head, options).Train(new ShuffledBatches(eight, 32, seed: 4));
        return [.. body.state_dict().Values.Append(head.Weight).SelectMany(tensor => tensor.bytes.ToArray())];
    }
}
