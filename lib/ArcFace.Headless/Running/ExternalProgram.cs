using System.Diagnostics;

namespace ArcFace.Headless.Running;

/// <summary>Another program that is run to its end; with the run, it and what it has started are ended too.</summary>
internal static class ExternalProgram
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <exception cref="System.ComponentModel.Win32Exception">It does not start.</exception>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string program, string folder, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NO_COLOR"] = "1", ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1" },
        };
        using Process process = Process.Start(start)!;
        try
        {
            process.StandardInput.Close();
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
            string output = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);

            // What the program has left behind may hold its standard error open.
            bool isRead = await Task.WhenAny(errors, Task.Delay(Grace, cancellation)) == errors;
            return (process.ExitCode, output, isRead ? await errors : "");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }
}
