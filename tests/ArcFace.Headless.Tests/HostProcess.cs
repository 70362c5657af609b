using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ArcFace.Headless.Tests;

/// <summary>The program itself, as a user starts it.</summary>
internal static class HostProcess
{
    public static Process Start(TestFolder folder, params string[] arguments) => Start(folder, [], arguments);

    public static Task<(int ExitCode, string Output, string Error)> RunAsync(TestFolder folder, params string[] arguments) =>
        RunWithAsync(folder, [], arguments);

    /// <param name="folder">The folder to run in.</param>
    /// <param name="environment">Variables that differ from this process's.</param>
    /// <param name="arguments">The program's arguments.</param>
    public static async Task<(int ExitCode, string Output, string Error)> RunWithAsync(
        TestFolder folder, Dictionary<string, string> environment, params string[] arguments)
    {
        using Process process = Start(folder, environment, arguments);
        return await ReadAsync(process);
    }

    /// <summary>Runs <c>dotnet</c> in a folder.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunDotnetAsync(string folder, params string[] arguments)
    {
        using Process process = StartDotnet(folder, [], arguments);
        return await ReadAsync(process);
    }

    private static async Task<(int ExitCode, string Output, string Error)> ReadAsync(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    private static Process Start(TestFolder folder, Dictionary<string, string> environment, string[] arguments) =>
        StartDotnet(folder.Root, environment, [typeof(NotebookRunner).Assembly.Location, .. arguments]);

    private static Process StartDotnet(string folder, Dictionary<string, string> environment, string[] arguments)
    {
        string dotnet = Path.Combine(
            RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        var start = new ProcessStartInfo(Path.GetFullPath(dotnet), arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NO_COLOR"] = "1" },
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
