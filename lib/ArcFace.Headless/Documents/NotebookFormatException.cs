namespace ArcFace.Headless;

/// <summary>A file that should be a notebook is not one, or cannot be read.</summary>
public sealed class NotebookFormatException : Exception
{
    /// <summary>Names the file and what is wrong with it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <param name="inner">What was caught, if anything.</param>
    public NotebookFormatException(string path, string problem, Exception? inner = null)
        : base($"{path}: {problem}", inner)
    {
        Path = path;
        Problem = problem;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What is wrong with it.</summary>
    public string Problem { get; }
}
