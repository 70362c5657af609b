using System.Globalization;
using System.Runtime.CompilerServices;
using ArcFace.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Notebooks;

/// <summary>What a notebook runs on: seed, device, threads, versions.</summary>
/// <param name="Seed">Seed of torch's generator, and the one to give to everything that draws at random.</param>
/// <param name="Device">Where to compute.</param>
/// <param name="DeviceReason">Why this device.</param>
/// <param name="Threads">Threads that one tensor operation may use.</param>
/// <param name="Check">Checks the answers to the notebook's exercises.</param>
public sealed record Session(int Seed, Device Device, string DeviceReason, int Threads, Check Check)
{
    /// <summary>Starts a notebook: loads libtorch, sets seed and threads, chooses the device, and prints all of it.</summary>
    /// <param name="seed">Same seed, same machine, same device: same numbers.</param>
    /// <param name="threads">Threads that one tensor operation may use, unless <c>ARCFACE_THREADS</c> says otherwise; 0 for one per core.</param>
    /// <param name="strict">Whether an unanswered or wrong exercise is an error, as in the solutions.</param>
    /// <param name="keepFreedMemory">Whether the process keeps the memory that is freed (<see cref="ProcessMemory.KeepFreed"/>), which
    /// is faster. False where a notebook watches how much memory something takes.</param>
    /// <exception cref="InvalidOperationException">libtorch does not load here, or <c>ARCFACE_LIBTORCH</c>,
    /// <c>ARCFACE_DEVICE</c> or <c>ARCFACE_THREADS</c> cannot be honoured.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is negative.</exception>
    public static Session Start(int seed = 1, int threads = 0, bool strict = false, bool keepFreedMemory = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        TorchNatives.Load();
        if (keepFreedMemory)
        {
            ProcessMemory.KeepFreed();
        }

        threads = ThreadsOfEnvironment() ?? (threads > 0 ? threads : Environment.ProcessorCount);
        set_num_threads(threads);
        random.manual_seed(seed);
        (Device device, string reason) = ChooseDevice();
        var session = new Session(seed, device, reason, threads, new Check(strict));
        Console.WriteLine(session);
        Display.StartDocument();
        return session;
    }

    /// <summary>Holds the sentences of the notebook; they are about its parameters as they come.</summary>
    /// <param name="asShipped">Whether all parameters are, such as <c>margin == 0.5 &amp;&amp; seeds is [1, 2, 3]</c>.</param>
    /// <param name="settings">The same in words, filled in by the compiler.</param>
#pragma warning disable CA1822 // Everything that a notebook needs from its surroundings comes from its session.
    public Claims Claims(bool asShipped, [CallerArgumentExpression(nameof(asShipped))] string settings = "") => new(asShipped, settings);

    /// <summary>Shows how a training run stands, for <see cref="Trainer.Fit"/>.</summary>
    /// <remarks>One line that changes while the run goes on; where the engine cannot change it, one line an epoch.</remarks>
    /// <param name="name">What is trained; it stands before the line.</param>
    /// <exception cref="ArgumentException">There is no name.</exception>
    public IProgress<TrainingProgress> Progress(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return new ShownProgress(name, Display.Host, TimeProvider.System);
    }
#pragma warning restore CA1822

    /// <summary>The block that <see cref="Start"/> prints.</summary>
    public override string ToString() => string.Join('\n',
        $"ArcFace {VersionOf(typeof(Session))} · TorchSharp {VersionOf(typeof(torch))} · "
            + $"libtorch {torch.__version__}{Origin()} · .NET {Environment.Version}",
        $"device  {Device} ({DeviceReason})",
        $"threads {Threads}",
        $"seed    {Seed}",
        $"host    {Display.HostName}");

    private static string Origin() => ExistingLibtorch.Folder() is null ? "" : $" of {ExistingLibtorch.Variable}";

    private static (Device Device, string Reason) ChooseDevice()
    {
        string? wanted = EnvironmentVariable.Read(ComputeDevice.Variable);
        try
        {
            Device device = ComputeDevice.Choose();
            return (device, (wanted, device.type) switch
            {
                ({ }, _) => $"{ComputeDevice.Variable} says so",
                (_, DeviceType.CUDA) => $"the first of {cuda.device_count()} CUDA devices",
                _ => GpuSupport.Find().WhyNoCuda(),
            });
        }
        catch (InvalidOperationException error) when (wanted!.StartsWith("cuda", StringComparison.OrdinalIgnoreCase) && !cuda.is_available())
        {
            throw new InvalidOperationException($"{error.Message} ({GpuSupport.Find().WhyNoCuda()})", error);
        }
    }

    private static int? ThreadsOfEnvironment()
    {
        string? text = EnvironmentVariable.Read("ARCFACE_THREADS");
        return text is null ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int threads) && threads > 0 ? threads
            : throw new InvalidOperationException($"ARCFACE_THREADS is '{text}'; set it to a number of threads such as 4, or unset it");
    }

    private static string VersionOf(Type type) => (type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? type.Assembly.GetName().Version!.ToString()).Split('+')[0];
}

/// <summary>
/// A notebook cannot go on: what the cells below need is not there, and the message says what to do. The host without an editor runs no further cell.
/// </summary>
/// <param name="message">What is missing, and what to do.</param>
/// <param name="cause">What went wrong with it, if anything.</param>
public sealed class NotebookStoppedException(string message, Exception? cause = null) : Exception(message, cause);
