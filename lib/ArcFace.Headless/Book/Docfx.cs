using ArcFace.Headless.Running;

namespace ArcFace.Headless.Book;

/// <summary>The program that makes the site, as <c>dotnet tool restore</c> brings it: the repository's list of tools pins its version.</summary>
internal sealed class Docfx(string root)
{
    /// <exception cref="ArgumentException">It is not restored.</exception>
    public async Task RequireAsync(CancellationToken cancellation)
    {
        (int code, _, _) = await StartAsync(["--version"], cancellation);
        ArgumentException.ThrowIf(code != 0, "docfx, which makes the site, is not restored: run 'dotnet tool restore' in the repository.");
    }

    /// <summary>Runs one of its commands, and shows what it warns of.</summary>
    /// <exception cref="IOException">It fails.</exception>
    public async Task RunAsync(string command, string settings, CancellationToken cancellation)
    {
        // What the compiler has found in order in the library's comments needs no second opinion.
        string level = command == "metadata" ? "error" : "warning";
        (int code, string output, string errors) = await StartAsync([command, settings, "--logLevel", level], cancellation);
        foreach (string line in (output + errors).Split('\n').Where(line => line.Contains("warning") && line.Contains(": ")))
        {
            Log.WriteLine(line);
        }

        if (code != 0)
        {
            throw new IOException($"'docfx {command}' ended with exit code {code}: {(output + errors).Trim()}");
        }
    }

    private Task<(int ExitCode, string Output, string Errors)> StartAsync(string[] arguments, CancellationToken cancellation) =>
        ExternalProgram.RunAsync("dotnet", root, ["tool", "run", "docfx", "--", .. arguments], cancellation);
}
