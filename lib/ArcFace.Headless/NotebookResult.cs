namespace ArcFace.Headless;

/// <summary>How a run ended. It failed where a cell failed, or the process ended before the last cell.</summary>
internal enum NotebookOutcome { Passed, Failed, TimedOut, Interrupted }

/// <summary>What came of running a notebook: the executed notebook, the code cells that were run, in order, of which the last may have been cut
/// short, how many code cells there are, and the time it took, the start of its process included.</summary>
internal sealed record NotebookResult(
    NotebookDocument Notebook, NotebookOutcome Outcome, IReadOnlyList<CellResult> Cells, int CellCount, TimeSpan Duration)
{
    public IEnumerable<CellResult> FailedCells => Cells.Where(cell => cell.Failure is not null);
}

/// <summary>What came of running a cell, which is named by its place among the code cells, from 1, as its execution count says. The output is
/// the text that it wrote, to any stream.</summary>
internal sealed record CellResult(int Cell, string? Id, TimeSpan Duration, string Output, CellFailure? Failure)
{
    /// <summary>The failure in one line: cell, line and error.</summary>
    public string? DescribeFailure() => Failure is null ? null : string.Create(CultureInfo.InvariantCulture,
        $"cell {Cell}{(Id is null ? "" : $" ({Id})")}{(Failure.Line is null ? "" : $", line {Failure.Line}")}: {Failure.Name}: {Failure.Message}");
}

/// <summary>Why a cell failed: the exception's type, <c>CompilationError</c> or the like, the details line by line, and the line of the cell,
/// from 1, where it is known.</summary>
internal sealed record CellFailure(string Name, string Message, IReadOnlyList<string> Traceback, int? Line) : CellOutput
{
    [JsonIgnore]
    public string Details => string.Join('\n', Traceback);
}

/// <summary>A step of a notebook that is being run, at a code cell, from 1, of so many.</summary>
internal abstract record NotebookProgress(int Cell, int CellCount);

internal sealed record CellStarted(int Cell, int CellCount) : NotebookProgress(Cell, CellCount);

internal sealed record CellEnded(CellResult Result, int CellCount) : NotebookProgress(Result.Cell, CellCount);
