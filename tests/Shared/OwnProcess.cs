using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace ArcFace.Tests;

/// <summary>Runs a test in a process of its own, to end it or to measure its memory.</summary>
internal static class OwnProcess
{
    private const string Variable = "ARCFACE_TESTS_OWN_PROCESS", FolderVariable = "ARCFACE_TESTS_OWN_FOLDER";

    /// <summary>Runs the calling test there and requires it to pass; false in that process, where the test is to go on.</summary>
    public static bool Passed(Type test, [CallerMemberName] string method = "")
    {
        if (Environment.GetEnvironmentVariable(Variable) == method)
        {
            return false;
        }

        using Process child = Start(test, method);
        Task<string> errors = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        Assert.True(child.ExitCode == 0, $"exit code {child.ExitCode}{Environment.NewLine}{output}{errors.Result}");
        return true;
    }

    /// <summary>Starts a test there. Not from the path of this process, which is the host's where the tests are run by dotnet.</summary>
    /// <param name="test">Its class.</param>
    /// <param name="method">Its name.</param>
    /// <param name="folder">What <see cref="Folder"/> is there.</param>
    public static Process Start(Type test, string method, string? folder = null) => Process.Start(new ProcessStartInfo(
        Path.ChangeExtension(test.Assembly.Location, OperatingSystem.IsWindows() ? "exe" : null))
    {
        ArgumentList = { "-method", $"{test.FullName}.{method}" },
        Environment = { [Variable] = method, [FolderVariable] = folder, ["OMP_NUM_THREADS"] = "1" },
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    /// <summary>The folder that the process was given; null where a test runs as all others do.</summary>
    public static string? Folder => Environment.GetEnvironmentVariable(FolderVariable);

    /// <summary>By how many bytes the process was larger than before, at its largest; 0 where it only gave pages back.</summary>
    public static long PeakGrowth(Action action)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the peak is read from /proc");
        GC.Collect();
        File.WriteAllText("/proc/self/clear_refs", "5");
        long before = Peak();
        action();
        return Math.Max(0, Peak() - before);
    }

    private static long Peak()
    {
        string line = File.ReadLines("/proc/self/status").Single(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }
}
