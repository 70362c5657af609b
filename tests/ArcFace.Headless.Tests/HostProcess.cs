using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ArcFace.Headless.Tests;

/// <summary>The program itself, as a user starts it.</summary>
internal static class HostProcess
{
    private static readonly string Dotnet = Path.GetFullPath(Path.Combine(
        RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    private static readonly string Program = typeof(NotebookRunner).Assembly.Location;

    public static Process Start(TestFolder folder, params string[] arguments) => Start(folder, [], arguments);

    public static Task<(int ExitCode, string Output, string Error)> RunAsync(TestFolder folder, params string[] arguments) =>
        RunWithAsync(folder, [], arguments);

    /// <param name="folder">The folder to run in.</param>
    /// <param name="environment">Variables that differ from this process's.</param>
    /// <param name="arguments">The program's arguments.</param>
    public static Task<(int ExitCode, string Output, string Error)> RunWithAsync(
        TestFolder folder, Dictionary<string, string> environment, params string[] arguments) =>
        FinishAsync(Start(folder, environment, arguments));

    /// <summary>Runs it by a command of the shell.</summary>
    /// <param name="folder">The folder to run in.</param>
    /// <param name="before">What stands before the program.</param>
    /// <param name="after">What stands after the program.</param>
    public static Task<(int ExitCode, string Output, string Error)> RunThroughAsync(TestFolder folder, string before, string after) =>
        FinishAsync(Start(folder.Root, [], "/bin/sh", ["-c", $"{before} '{Dotnet}' '{Program}' {after}"]));

    private static Process Start(TestFolder folder, Dictionary<string, string> environment, string[] arguments) =>
        Start(folder.Root, environment, Dotnet, [Program, .. arguments]);

    /// <summary>Runs <c>dotnet</c> in a folder.</summary>
    public static Task<(int ExitCode, string Output, string Error)> RunDotnetAsync(string folder, params string[] arguments) =>
        FinishAsync(Start(folder, [], Dotnet, arguments));

    private static async Task<(int ExitCode, string Output, string Error)> FinishAsync(Process started)
    {
        using Process process = started;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    private static Process Start(string folder, Dictionary<string, string> environment, string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
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
