using System.Diagnostics;
using System.Globalization;
using ArcFace.Losses;
using ArcFace.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Benchmarks;

/// <summary>Peak resident memory of one training step of a head, each in a process that has done nothing before.</summary>
internal static class MemoryReport
{
    /// <summary>The argument by which the program is its own child.</summary>
    public const string Child = "--memory-child";

    private const long Samples = 128, Width = 512;
    private const double Mebibyte = 1 << 20;

    private static readonly (string Name, string Kernel, long Classes, double SampleRate, long WorkspaceMiB)[] Cases =
    [
        ("eager, loss and gradients", "eager", 100_000, 1, 256),
        ("fused, loss and gradients", "fused", 100_000, 1, 256),
        ("fused in 16 MiB, loss and gradients", "fused", 100_000, 1, 16),
        ("fused, step with SGD", "sgd", 1_000_000, 1, 256),
        ("fused, r = 0.1, step with SGD and momentum", "momentum", 1_000_000, 0.1, 256),
    ];

    /// <summary>Runs all cases and prints a table.</summary>
    public static int Run()
    {
        if (!OperatingSystem.IsLinux())
        {
            Console.Error.WriteLine("--memory reads /proc, which only Linux has.");
            return 1;
        }

        Console.WriteLine($"N = {Samples}, D = {Width}, single precision; MiB of resident memory");
        Console.WriteLine($"{"step",-44} {"classes",9} {"W",7} {"before",7} {"peak",7} {"growth",7} {"W + dW + workspace",19}");

        // The program of its own, or dotnet with the program's assembly.
        string[] program = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? [Environment.ProcessPath!, Environment.GetCommandLineArgs()[0]]
            : [Environment.ProcessPath!];
        foreach (var (name, kernel, classes, sampleRate, workspace) in Cases)
        {
            string[] arguments = [.. program[1..], Child, kernel, .. ((object[])[classes, sampleRate, workspace]).Select(Invariant)];
            var start = new ProcessStartInfo(program[0], arguments) { RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            string[] numbers = process.StandardOutput.ReadToEnd().Split(' ', StringSplitOptions.TrimEntries);
            process.WaitForExit();
            if (process.ExitCode != 0 || numbers.Length != 2)
            {
                Console.Error.WriteLine($"{name}: the process ended with code {process.ExitCode}.");
                return 1;
            }

            double before = double.Parse(numbers[0], CultureInfo.InvariantCulture), peak = double.Parse(numbers[1], CultureInfo.InvariantCulture);
            double weight = classes * Width * sizeof(float) / Mebibyte;
            Console.WriteLine(
                $"{name,-44} {classes,9} {weight,7:f0} {before,7:f0} {peak,7:f0} {peak - before,7:f0} {(2 * weight) + workspace,19:f0}");
        }

        return 0;
    }

    /// <summary>The child: prints its resident memory before the weight was made, and the peak of the step.</summary>
    public static int Measure(string[] arguments)
    {
        long classes = long.Parse(arguments[1], CultureInfo.InvariantCulture);
        MarginSoftmaxOptions options = new()
        {
            Kernel = arguments[0] == "eager" ? MarginKernel.Eager : MarginKernel.Fused,
            SampleRate = double.Parse(arguments[2], CultureInfo.InvariantCulture),
            WorkspaceBytes = long.Parse(arguments[3], CultureInfo.InvariantCulture) << 20,
        };
        using DisposeScope scope = NewDisposeScope();
        Tensor x = randn(Samples, Width).requires_grad_(true), y = randint(classes, Samples);
        double before = Status("VmRSS");
        using MarginSoftmaxLoss head = new(Width, classes, options);

        // Drawing the weight takes twice its memory for a moment, which is not the step's.
        File.WriteAllText("/proc/self/clear_refs", "5");
        using SparseSgd? sgd = arguments[0] is "sgd" or "momentum"
            ? new SparseSgd(head.Weight, new SgdOptions { LearningRate = 0.1, Momentum = arguments[0] == "sgd" ? 0 : 0.9 })
            : null;
        head.call(x, y).backward();
        sgd?.Step();
        Console.WriteLine($"{Invariant(before)} {Invariant(Status("VmHWM"))}");
        return 0;
    }

    private static double Status(string name)
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0;
    }

    private static string Invariant(object number) => Convert.ToString(number, CultureInfo.InvariantCulture)!;
}
