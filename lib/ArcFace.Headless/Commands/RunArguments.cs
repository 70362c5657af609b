namespace ArcFace.Headless.Commands;

/// <summary>What <c>run</c> was asked to do.</summary>
internal sealed record RunArguments
{
    /// <summary>Files and folders; the whole series where there are none.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Where the executed notebooks go; null for <c>artifacts/notebooks</c>.</summary>
    public string? Output { get; init; }

    /// <summary>Whether figures get images.</summary>
    public bool Images { get; init; }

    /// <summary>How each notebook is run.</summary>
    public NotebookRunOptions Options { get; init; } = new();

    /// <summary>Where the JUnit report goes, if anywhere.</summary>
    public string? JUnit { get; init; }
}
