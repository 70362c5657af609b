using System.Diagnostics;
using System.Globalization;
using ArcFace.Data;
using ArcFace.Interchange;

namespace ArcFace.Tests.Training;

/// <summary>Trainings that are disturbed for as long as <c>tests/soak</c> says: killed again and again, and collected while they compute.</summary>
[Collection(TensorCounts.Name)]
public sealed class SoakTests
{
    private const int Epochs = 12;
    private static readonly double Seconds = double.Parse(Environment.GetEnvironmentVariable("ARCFACE_SOAK_SECONDS") ?? "0", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Whatever_disturbs_a_training_its_weights_and_its_memory_stay_the_same()
    {
        Assert.SkipUnless(Seconds > 0, "it takes thirty minutes: tests/soak starts it");
        using var folder = new TemporaryFolder();
        byte[] expected = KilledRunTests.Train(folder["whole"], epochs: Epochs);
        File.WriteAllBytes(folder["expected"], expected);
        var chance = new SplitMix64((ulong)Seconds);
        var watch = Stopwatch.StartNew();
        int rounds = 0, kills = 0;
        using Process steady = OwnProcess.Start(typeof(SoakTests), nameof(Memory_stays_the_same_from_training_to_training), folder.Path);
        Task<string> told = steady.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> complaints = steady.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        for (; watch.Elapsed.TotalSeconds < Seconds && !(steady.HasExited && steady.ExitCode != 0); rounds++)
        {
            File.Delete(folder["run"]);
            File.Delete(folder["weights"]);
            while (!File.Exists(folder["weights"]))
            {
                using Process child = OwnProcess.Start(typeof(SoakTests), nameof(A_training_that_is_collected_writes_its_weights), folder.Path);
                Task<string> errors = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
                Task<string> output = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
                if (!child.WaitForExit(1000 + chance.NextInt32(19_000)))
                {
                    child.Kill();
                    child.WaitForExit();
                    kills++;
                }
                else
                {
                    Assert.True(child.ExitCode == 0, $"after {rounds} trainings one ended with {child.ExitCode}: {await output}{await errors}");
                }
            }

            Assert.Equal(expected, File.ReadAllBytes(folder["weights"]));
        }

        string figures = (await told).Split('\n').FirstOrDefault(line => line.Contains("in one process", StringComparison.Ordinal)) ?? await told;
        await steady.WaitForExitAsync(TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper!.WriteLine($"{rounds} trainings killed {kills} times in {watch.Elapsed}, all with the same weights; {figures}");
        Assert.True(steady.ExitCode == 0, $"the process that nobody kills ended with {steady.ExitCode} after {watch.Elapsed}: {figures}{await complaints}");
        Assert.True(kills > 0, "nothing was killed");
    }

    [Fact]
    public void A_training_that_is_collected_writes_its_weights()
    {
        using var own = new TemporaryFolder();
        string folder = OwnProcess.Folder ?? own.Path;
        using var collector = new Collector();
        byte[] weights = KilledRunTests.Train(Path.Combine(folder, "run"), epochs: OwnProcess.Folder is null ? 1 : Epochs);
        AtomicFile.Write(Path.Combine(folder, "weights"), stream => stream.Write(weights));
        Assert.NotEmpty(weights);
    }

    [Fact]
    public void Memory_stays_the_same_from_training_to_training()
    {
        Assert.SkipUnless(Seconds > 0 && OwnProcess.Folder is not null, "tests/soak starts it");
        byte[] expected = File.ReadAllBytes(Path.Combine(OwnProcess.Folder!, "expected"));
        string path = Path.Combine(OwnProcess.Folder!, "steady");
        var sizes = new List<long>();
        var watch = Stopwatch.StartNew();
        using var collector = new Collector();
        while (watch.Elapsed.TotalSeconds < Seconds)
        {
            File.Delete(path);
            Assert.Equal(expected, KilledRunTests.Train(path, epochs: Epochs));
            sizes.Add(Environment.WorkingSet >> 20);
        }

        // The first trainings fill pools; after them the largest is what it was.
        int early = Math.Max(1, sizes.Count / 4);
        Console.WriteLine($"{sizes.Count} trainings in one process: {sizes[0]} MB after the first, {sizes[..early].Max()} in the first quarter, {sizes[^early..].Max()} in the last");
        Assert.InRange(sizes[^early..].Max(), 0, sizes[..early].Max() + 32);
    }

    /// <summary>Collects garbage on another thread, with finalizers, as often as it can.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly Thread _thread;
        private volatile bool _stopped;

        public Collector()
        {
            _thread = new Thread(() =>
            {
                while (!_stopped)
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                    Thread.Sleep(1);
                }
            });
            _thread.Start();
        }

        public void Dispose()
        {
            _stopped = true;
            _thread.Join();
        }
    }
}
