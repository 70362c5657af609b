using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipes;
using ArcFace.Headless.Worker;

namespace ArcFace.Headless.Running;

/// <summary>The process that runs a notebook's cells. It talks through two pipes of its own; its standard output and error are read as
/// well, since native code writes there, and a crash leaves its last words there.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    // A process started meanwhile would inherit the pipes too, and keep them open.
    private static readonly Lock StartGate = new();

    private readonly string _mark = Guid.NewGuid().ToString("N");
    private readonly NotebookRecord _record;
    private readonly AnonymousPipeServerStream _commandPipe, _eventPipe;
    private readonly Process _process;
    private readonly NativeOutputReader _output, _error;
    private readonly Task _drained, _ended;
    private readonly SemaphoreSlim _finishedCells = new(0);
    private TimeSpan _processorTime;

    /// <summary>Starts a worker in a folder; the record is told of what it puts out. Its temporary folder is removed by whoever made it: a process
    /// that is ended does not clean up.</summary>
    public WorkerProcess(string folder, string temporary, NotebookRecord record)
    {
        _record = record;
        lock (StartGate)
        {
            _commandPipe = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable);
            _eventPipe = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
            _process = StartProcess(folder, temporary);
        }

        string mark = NativeOutput.EndOfCell(_mark);
        _output = new NativeOutputReader(_process.StandardOutput.BaseStream, mark, text => record.Add(new CellText("stdout", text)));
        _error = new NativeOutputReader(_process.StandardError.BaseStream, mark, text => record.Add(new CellText("stderr", text)));
        _drained = Task.WhenAll(OnThread(_output.Run), OnThread(_error.Run), OnThread(ReadEvents));
        _ended = EndAsync();
    }

    /// <summary>The time that the process has computed so far, on all cores.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            try
            {
                _process.Refresh();
                return _processorTime = _process.TotalProcessorTime;
            }
            catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
            {
                return _processorTime; // it has ended
            }
        }
    }

    /// <summary>Runs a cell to its end.</summary>
    /// <returns>True when the worker is ready for the next cell; false when the process has ended.</returns>
    public async Task<bool> ExecuteAsync(string source, CancellationToken cancellation)
    {
        try
        {
            // On a thread of its own: a worker that stands still does not take a long cell off the pipe.
            await OnThread(() => _commandPipe.Send(new Execute(source))).WaitAsync(cancellation);
        }
        catch (IOException)
        {
            await _ended.WaitAsync(cancellation);
            return false;
        }

        Task finished = _finishedCells.WaitAsync(cancellation);
        await Task.WhenAny(finished, _ended).WaitAsync(cancellation);
        if (!finished.IsCompleted)
        {
            return false;
        }

        await Task.WhenAll(_output.WaitForMarkAsync(Grace, cancellation), _error.WaitForMarkAsync(Grace, cancellation));
        return true;
    }

    /// <summary>The exit code, once the process has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Ends the process, and every process that it has started.</summary>
    public async Task KillAsync()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or AggregateException)
        {
            // It has ended by itself.
        }

        Descendants.Kill(_mark);
        await _ended;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (!_drained.IsCompleted)
        {
            // A process left behind holds a pipe open, and a pipe that is being read cannot be closed: that would wait for it.
            return;
        }

        await _commandPipe.DisposeAsync();
        await _eventPipe.DisposeAsync();
        _output.Dispose();
        _error.Dispose();
        _finishedCells.Dispose();
        _process.Dispose();
    }

    private Process StartProcess(string folder, string temporary)
    {
        // The program that runs this process may be a test's own; the runtime it runs on always has a dotnet above it.
        string dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        string[] handles = [_commandPipe.GetClientHandleAsString(), _eventPipe.GetClientHandleAsString()];
        try
        {
            return ExternalProgram.Start(
                dotnet,
                folder,
                [typeof(WorkerProcess).Assembly.Location, WorkerProgram.Command, .. handles, _mark],
                ("DOTNET_DbgEnableMiniDump", "0"),
                ("DOTNET_EnableDiagnostics", "0"), // pipes for debuggers, which a killed process leaves in the temporary folder
                ("TMPDIR", temporary),
                ("TMP", temporary),
                ("TEMP", temporary),
                (Descendants.Variable, _mark));
        }
        finally
        {
            _commandPipe.DisposeLocalCopyOfClientHandle();
            _eventPipe.DisposeLocalCopyOfClientHandle();
        }
    }

    private void ReadEvents()
    {
        using var events = new BufferedStream(_eventPipe);
        while (events.Receive() is { } message)
        {
            if (message is Finished)
            {
                _finishedCells.Release();
            }
            else
            {
                _record.Add(message);
            }
        }
    }

    private async Task EndAsync()
    {
        await _process.WaitForExitAsync();
        // What a dead process wrote is still in the pipes. A process that it has left behind may hold them open for ever.
        await Task.WhenAny(_drained, Task.Delay(Grace));
    }

    private static Task OnThread(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
