using ArcFace.Headless.Checking;

namespace ArcFace.Headless;

/// <summary>A rule that a notebook breaks.</summary>
/// <param name="Cell">The cell's place among all cells, from 1, or null where the notebook as a whole is meant.</param>
/// <param name="Message">What is wrong, and what it should be.</param>
internal sealed record Finding(int? Cell, string Message);

/// <summary>Holds the rules that a machine can hold, so that a notebook runs unchanged on every engine and every machine.</summary>
internal static class NotebookChecker
{
    /// <summary>Finds every rule that a notebook breaks. Nothing is run.</summary>
    public static IReadOnlyList<Finding> Check(NotebookDocument notebook) =>
        [.. FormRules.Check(notebook), .. CodeRules.Check(notebook), .. SeriesRules.Check(notebook)];
}
