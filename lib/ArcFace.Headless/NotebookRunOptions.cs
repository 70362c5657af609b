namespace ArcFace.Headless;

/// <summary>How a notebook is run.</summary>
internal sealed record NotebookRunOptions
{
    /// <summary>How long the whole notebook may take, the start of its process included. Time in which its process computes counts in full,
    /// time in which it waits a quarter: on a machine that others keep busy, a notebook may take up to four times as long. 300 s unless
    /// told.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(300);
}
