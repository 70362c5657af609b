using ArcFace.Headless.Checking;

namespace ArcFace.Headless;

/// <summary>Holds the rules that a machine can hold, so that a notebook runs unchanged on every engine and every machine.</summary>
public static class NotebookChecker
{
    /// <summary>Finds every rule that a notebook breaks. Nothing is run.</summary>
    public static IReadOnlyList<Finding> Check(NotebookDocument notebook)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        return
        [
            .. MetadataRules.Check(notebook),
            .. CellRules.Check(notebook),
            .. CodeRules.Check(notebook),
            .. SeriesRules.Check(notebook),
        ];
    }
}
