namespace ArcFace.Headless;

/// <summary>How a notebook is run.</summary>
public sealed record NotebookRunOptions
{
    /// <summary>How long the whole notebook may take, the start of its process included. 300 s unless told.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(300);
}
