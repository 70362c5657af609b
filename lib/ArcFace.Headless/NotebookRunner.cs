using ArcFace.Headless.Running;

namespace ArcFace.Headless;

/// <summary>Runs notebooks, each in a process of its own.</summary>
internal static class NotebookRunner
{
    /// <summary>Runs every code cell of a notebook from top to bottom. A cell that fails does not keep the next ones from running; a process
    /// that ends does, and so does an <c>ArcFace.Notebooks.NotebookStoppedException</c>. A cell with the tag <c>raises-exception</c> must fail.</summary>
    /// <param name="path">The notebook. It is read only.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="progress">Told of every cell that starts and ends, in order.</param>
    /// <param name="cancellation">Ends the run; the result then holds what was run until then.</param>
    /// <returns>The executed notebook and how it went. A notebook that fails is a result and no exception.</returns>
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
