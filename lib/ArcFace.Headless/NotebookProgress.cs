namespace ArcFace.Headless;

/// <summary>A step of a notebook that is being run.</summary>
/// <param name="Cell">The cell's place among the code cells, from 1.</param>
/// <param name="CellCount">How many code cells the notebook has.</param>
internal abstract record NotebookProgress(int Cell, int CellCount);

internal sealed record CellStarted(int Cell, int CellCount) : NotebookProgress(Cell, CellCount);

internal sealed record CellEnded(CellResult Result, int CellCount) : NotebookProgress(Result.Cell, CellCount);
