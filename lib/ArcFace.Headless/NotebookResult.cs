namespace ArcFace.Headless;

internal enum NotebookOutcome
{
    Passed,

    /// <summary>A cell failed, or the process ended before the last cell.</summary>
    Failed,

    TimedOut,
    Interrupted,
}

/// <summary>What came of running a notebook.</summary>
/// <param name="Notebook">The executed notebook: the sources as they were, with outputs.</param>
/// <param name="Outcome">How the run ended.</param>
/// <param name="Cells">The code cells that were run, in order; the last may have been cut short.</param>
/// <param name="CellCount">How many code cells the notebook has.</param>
/// <param name="Duration">The time it took, the start of its process included.</param>
internal sealed record NotebookResult(
    NotebookDocument Notebook, NotebookOutcome Outcome, IReadOnlyList<CellResult> Cells, int CellCount, TimeSpan Duration)
{
    public IEnumerable<CellResult> FailedCells => Cells.Where(cell => cell.Failure is not null);
}

/// <summary>What came of running a cell.</summary>
/// <param name="Cell">The cell's place among the code cells, from 1: what its execution count says.</param>
/// <param name="Id">The cell's id, or null where it has none.</param>
/// <param name="Duration">The time it took.</param>
/// <param name="Output">The text that it wrote, to any stream.</param>
/// <param name="Failure">Why it failed, or null.</param>
internal sealed record CellResult(int Cell, string? Id, TimeSpan Duration, string Output, CellFailure? Failure)
{
    /// <summary>The failure in one line: cell, line and error.</summary>
    public string? DescribeFailure() => Failure is null ? null : string.Create(CultureInfo.InvariantCulture,
        $"cell {Cell}{(Id is null ? "" : $" ({Id})")}{(Failure.Line is null ? "" : $", line {Failure.Line}")}: {Failure.Name}: {Failure.Message}");
}

/// <summary>Why a cell failed.</summary>
/// <param name="Name">The kind of error, an exception's type for one.</param>
/// <param name="Message">What went wrong.</param>
/// <param name="Line">The line of the cell, from 1, where it is known.</param>
/// <param name="Details">More lines for whoever wants to know.</param>
internal sealed record CellFailure(string Name, string Message, int? Line, string Details);
