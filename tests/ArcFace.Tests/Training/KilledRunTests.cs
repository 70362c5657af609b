using System.Diagnostics;
using ArcFace.Data;
using ArcFace.Interchange;
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
    private const int Kills = 4;

    [Fact]
    public void A_run_killed_at_random_moments_ends_with_the_same_weights()
    {
        using var folder = new TemporaryFolder();
        var chance = new SplitMix64(17);
        int kills = 0;

        // A process takes longer to start than to train, so all start now, and each waits for its turn.
        Process[] children = [.. Enumerable.Range(0, Kills + 1).Select(_ => OwnProcess.Start(typeof(KilledRunTests), nameof(A_run_writes_its_final_weights), folder.Path))];
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
        string folder = OwnProcess.Folder ?? own.Path;
        byte[] weights = Train(Path.Combine(folder, "run"), OwnProcess.Folder is null ? null : Console.In);
        AtomicFile.Write(Path.Combine(folder, "weights"), stream => stream.Write(weights));
        Assert.NotEmpty(File.ReadAllBytes(Path.Combine(folder, "weights")));
    }

    private static long Stamp(string path) => File.Exists(path) ? File.GetLastWriteTimeUtc(path).Ticks : 0;

    /// <summary>Trains once <paramref name="start"/> says a line.</summary>
    internal static byte[] Train(string checkpoint, TextReader? start = null, int epochs = 3)
    {
        using var oneThread = new OneThread();
        using var digits = Digits.Load();
        using var eight = digits.SelectClasses(0, 1, 2, 3, 4, 5, 6, 7);
        random.manual_seed(5);
        using var body = new ConvolutionalEmbedder(2, 8, width: 4);
        using var head = new MarginSoftmaxLoss(2, 8, new() { Scale = 16 });
        start?.ReadLine();
        var options = new TrainerOptions { Epochs = epochs, CheckpointPath = checkpoint, CheckpointEvery = 10, Device = CPU };
        new Trainer(body, head, options).Train(new ShuffledBatches(eight, 32, seed: 4));
        return [.. body.state_dict().Values.Append(head.Weight).SelectMany(tensor => tensor.bytes.ToArray())];
    }
}
