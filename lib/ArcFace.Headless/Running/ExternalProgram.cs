using System.Diagnostics;

namespace ArcFace.Headless.Running;

/// <summary>Another program that is run to its end; with the run, it and what it has started are ended too.</summary>
internal static class ExternalProgram
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Starts a program without a window and with nothing to read; what it writes is for the caller.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">It does not start.</exception>
    public static Process Start(string program, string folder, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1" },
        };
        Array.ForEach(environment, variable => start.Environment[variable.Name] = variable.Value);
        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <exception cref="System.ComponentModel.Win32Exception">It does not start.</exception>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string program, string folder, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        using Process process = Start(program, folder, arguments, ("NO_COLOR", "1"));
        try
        {
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
