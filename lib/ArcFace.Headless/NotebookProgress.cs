namespace ArcFace.Headless;

/// <summary>A step of a notebook that is being run, at a code cell, from 1, of so many.</summary>
internal abstract record NotebookProgress(int Cell, int CellCount);

internal sealed record CellStarted(int Cell, int CellCount) : NotebookProgress(Cell, CellCount);

internal sealed record CellEnded(CellResult Result, int CellCount) : NotebookProgress(Result.Cell, CellCount);
