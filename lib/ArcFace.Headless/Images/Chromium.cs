using System.ComponentModel;
using ArcFace.Headless.Running;

namespace ArcFace.Headless;

/// <summary>A browser of the Chromium family that is installed on this machine. It opens pages without a window.</summary>
internal sealed class Chromium
{
    /// <summary>The environment variable that names the browser to use.</summary>
    public const string Variable = "ARCFACE_CHROMIUM";

    private const int LongestComplaint = 600;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    // Time of the page's own clock, which stands still while there is work to do and jumps ahead when there is none.
    private static readonly TimeSpan PageTime = TimeSpan.FromMinutes(10);

    /// <summary>The browser whose program lies at <paramref name="path"/>.</summary>
    /// <exception cref="ChromiumException">There is no such file.</exception>
    public Chromium(string path) => Path = File.Exists(path) ? path : throw new ChromiumException($"there is no browser at '{path}'");

    public string Path { get; }

    /// <summary>The browser that <see cref="Variable"/> names; else the first one found in PATH or where installers put it.</summary>
    /// <exception cref="ChromiumException">There is none, or the variable names none.</exception>
    public static Chromium Find()
    {
        string? named = Environment.GetEnvironmentVariable(Variable);
        bool isNamed = !string.IsNullOrWhiteSpace(named);
        string? path = isNamed ? ChromiumPlaces.Named(named!) : ChromiumPlaces.Usual();
        return path is not null ? new Chromium(path) : throw new ChromiumException(isNamed
            ? $"{Variable} is '{named}', and there is no such program: name one, or unset the variable"
            : "figures become images in Chromium, Chrome or Edge, and none of them was found. Install one (such as 'apt install chromium'), "
            + $"or set {Variable} to its program, or leave --images out");
    }

    /// <summary>Opens a page, lets its scripts run to their end, and gives what the page has become, as HTML. The folder is for the page and for
    /// what the browser keeps.</summary>
    /// <exception cref="ChromiumException">The browser does not start, fails, or takes too long.</exception>
    public async Task<string> OpenAsync(string folder, string page, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        string[] arguments =
        [
            "--headless",
            "--disable-gpu",
            "--enable-unsafe-swiftshader", // figures in space want WebGL, which a server has in software only
            "--no-sandbox", // a container has none; the page holds nothing but what the notebook itself has drawn
            "--no-first-run",
            "--disable-extensions",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            $"--user-data-dir={System.IO.Path.Combine(folder, "profile")}",
            FormattableString.Invariant($"--virtual-time-budget={PageTime.TotalMilliseconds:0}"),
            "--dump-dom",
            new Uri(System.IO.Path.Combine(folder, page)).AbsoluteUri,
        ];
        try
        {
            (int code, string html, string errors) = await ExternalProgram.RunAsync(Path, folder, arguments, limit.Token);
            return code == 0 ? html : throw new ChromiumException($"'{Path}' ended with exit code {code}: {Shortened(errors)}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ChromiumException($"'{Path}' took longer than {Limit.TotalSeconds} s to draw the figures, and was stopped");
        }
        catch (Win32Exception exception)
        {
            throw new ChromiumException($"'{Path}' does not start: {exception.Message}", exception);
        }
    }

    private static string Shortened(string text) => text.Length <= LongestComplaint ? text.Trim() : "… " + text[^LongestComplaint..].Trim();
}

/// <summary>There is no Chromium to draw figures with, or it does not draw them.</summary>
internal sealed class ChromiumException(string message, Exception? inner = null) : Exception(message, inner);
