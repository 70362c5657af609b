using System.Diagnostics;

namespace ArcFace.Headless.Running;

/// <summary>One run of one notebook.</summary>
internal sealed class NotebookRun(NotebookDocument notebook, NotebookRunOptions options, IProgress<NotebookProgress>? progress)
{
    private const string ExpectedToFail = "raises-exception";

    // Thrown where a notebook cannot go on: the cells below would all fail for the same reason.
    private const string Stopped = "ArcFace.Notebooks.NotebookStoppedException";
    private const string ShowsNull = "the cell shows <null>: end it on a statement or on a value that is there. "
        + "A block at the top of a cell has a value where a local function in it returns one";

    private readonly NotebookCell[] _cells = [.. notebook.Cells.Where(cell => cell.IsCode)];
    private readonly NotebookRecord _record = new();
    private readonly List<(CellRecord Record, TimeSpan Duration)> _done = [];

    public async Task<NotebookResult> RunAsync(CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        string folder = Path.GetDirectoryName(Path.GetFullPath(notebook.Path))!;
        using var temporary = new TemporaryFolder();
        NotebookOutcome? cutShort = await RunCellsAsync(folder, temporary.Path, cancellation);

        // Only now: a late cell may have changed what an early one showed.
        CellResult[] results = [.. _done.Select(done => ResultOf(done.Record, done.Duration))];
        WriteOutputs(new MachinePaths(folder, temporary.Path));
        NotebookOutcome outcome = cutShort
            ?? (results.Any(result => result.Failure is not null) ? NotebookOutcome.Failed : NotebookOutcome.Passed);
        return new NotebookResult(notebook, outcome, results, _cells.Length, Stopwatch.GetElapsedTime(start));
    }

    /// <returns>How the run was cut short, or null when it went to its end.</returns>
    private async Task<NotebookOutcome?> RunCellsAsync(string folder, string temporary, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var worker = new WorkerProcess(folder, temporary, _record);
        Task watching = new TimeLimit(options.Timeout).WatchAsync(() => worker.ProcessorTime, limit);
        NotebookOutcome? cutShort = null;
        for (int i = 0; i < _cells.Length && cutShort is null; i++)
        {
            CellRecord cell = _record.Begin(i + 1);
            progress?.Report(new CellStarted(cell.Number, _cells.Length));
            long start = Stopwatch.GetTimestamp();
            try
            {
                if (!await worker.ExecuteAsync(_cells[i].Source, limit.Token))
                {
                    cutShort = NotebookOutcome.Failed;
                    Fail("ProcessEnded", $"the process ended with exit code {worker.ExitCode} during cell {cell.Number}");
                }
                else if (_record.Read(() => cell.Error?.Name) == Stopped)
                {
                    cutShort = NotebookOutcome.Failed;
                }
            }
            catch (OperationCanceledException)
            {
                await worker.KillAsync();
                cutShort = cancellation.IsCancellationRequested ? NotebookOutcome.Interrupted : NotebookOutcome.TimedOut;
                string seconds = options.Timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
                Fail(cutShort.ToString()!, cutShort == NotebookOutcome.Interrupted
                    ? $"the run was interrupted during cell {cell.Number}"
                    : $"the notebook took longer than {seconds} s and was stopped during cell {cell.Number}");
            }

            TimeSpan duration = Stopwatch.GetElapsedTime(start);
            _done.Add((cell, duration));
            progress?.Report(new CellEnded(ResultOf(cell, duration), _cells.Length));
        }

        await limit.CancelAsync();
        await watching;
        return cutShort;
    }

    private CellResult ResultOf(CellRecord record, TimeSpan duration)
    {
        NotebookCell cell = _cells[record.Number - 1];
        return _record.Read(() => new CellResult(record.Number, cell.Id, duration, record.Text(), FailureOf(cell, record)));
    }

    private static CellFailure? FailureOf(NotebookCell cell, CellRecord record)
    {
        bool isExpected = cell.Tags.Contains(ExpectedToFail);
        return record.Error switch
        {
            { } error when !isExpected || error.Name is "ProcessEnded" or "TimedOut" or "Interrupted" => error,
            null when isExpected => new CellFailure("NoError", $"the cell is tagged {ExpectedToFail}, but it did not fail", [], null),
            null when record.ShowsNull => new CellFailure("NullShown", ShowsNull, [], null),
            _ => null,
        };
    }

    private void WriteOutputs(MachinePaths paths)
    {
        foreach ((int index, NotebookCell cell) in _cells.Index())
        {
            CellRecord? record = index < _done.Count ? _done[index].Record : null;
            cell.Json["execution_count"] = record?.Number;
            cell.Json["outputs"] = record is null ? [] : _record.Read(() => record.ToJson(paths));
        }

        // What Jupyter and its exports colour code by, where no kernel is there to tell them.
        if (notebook.Json["metadata"]?["language_info"] is JsonObject language)
        {
            language["file_extension"] = ".cs";
            language["mimetype"] = "text/x-csharp";
            language["pygments_lexer"] = "csharp";
        }

        // Cells have ids from minor version 5 on.
        notebook.Json["nbformat_minor"] = 5;
        HashSet<string?> ids = [.. notebook.Cells.Select(cell => cell.Id)];
        foreach (NotebookCell cell in notebook.Cells.Where(cell => cell.Json["id"] is null))
        {
            string id = $"cell-{cell.Position}";
            while (!ids.Add(id))
            {
                id += "-";
            }

            cell.Json["id"] = id;
        }
    }

    private void Fail(string name, string message) => _record.Add(new CellFailure(name, message, [message], null));
}
