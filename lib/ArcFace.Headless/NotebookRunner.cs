using ArcFace.Headless.Running;

namespace ArcFace.Headless;

/// <summary>How a notebook is run.</summary>
internal sealed record NotebookRunOptions
{
    /// <summary>How long the whole notebook may take, the start of its process included. Time in which its process computes counts in full,
    /// time in which it waits a quarter: on a machine that others keep busy, a notebook may take up to four times as long.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(300);
}

/// <summary>Runs notebooks, each in a process of its own.</summary>
internal static class NotebookRunner
{
    /// <summary>Runs every code cell of a notebook from top to bottom. A cell that fails does not keep the next ones from running; a process
    /// that ends does, and so does an <c>ArcFace.Notebooks.NotebookStoppedException</c>. A cell with the tag <c>raises-exception</c> must fail.</summary>
    /// <returns>The executed notebook and how it went, until it was cancelled. A notebook that fails is a result and no exception.</returns>
    /// <exception cref="NotebookFormatException">The file is not a notebook.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is not positive.</exception>
    public static async Task<NotebookResult> RunAsync(
        string path, NotebookRunOptions? options = null, IProgress<NotebookProgress>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new NotebookRunOptions();
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Timeout, TimeSpan.Zero);
        return await new NotebookRun(NotebookDocument.Load(path), options, progress).RunAsync(cancellation);
    }
}
