namespace ArcFace.Headless;

/// <summary>A file that should be a notebook is not one, or cannot be read.</summary>
/// <param name="path">The file.</param>
/// <param name="problem">What is wrong with it.</param>
/// <param name="inner">What was caught, if anything.</param>
public sealed class NotebookFormatException(string path, string problem, Exception? inner = null) : Exception($"{path}: {problem}", inner)
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>What is wrong with it.</summary>
    public string Problem { get; } = problem;
}
