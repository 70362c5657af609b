using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using ArcFace.Headless.Protocol;
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
    private readonly AnonymousPipeServerStream _commandPipe = new(PipeDirection.Out, HandleInheritability.Inheritable);
    private readonly AnonymousPipeServerStream _eventPipe = new(PipeDirection.In, HandleInheritability.Inheritable);
    private readonly Process _process;
    private readonly MessageWriter _commands;
    private readonly NativeOutputReader _output;
    private readonly NativeOutputReader _error;
    private readonly Task _drained;
    private readonly Task _ended;
    private readonly SemaphoreSlim _finishedCells = new(0);
    private TimeSpan _processorTime;

    private WorkerProcess(string folder, NotebookRecord record)
    {
        _record = record;
        _process = StartProcess(folder);
        _commands = new MessageWriter(_commandPipe);
        byte[] mark = NativeOutput.EndOfCell(_mark);
        _output = new NativeOutputReader(_process.StandardOutput.BaseStream, mark, text => record.Add(cell => cell.AddText("stdout", text)));
        _error = new NativeOutputReader(_process.StandardError.BaseStream, mark, text => record.Add(cell => cell.AddText("stderr", text)));
        _drained = Task.WhenAll(OnThread(_output.Run), OnThread(_error.Run), OnThread(ReadEvents));
        _ended = EndAsync();
    }

    /// <summary>Starts a worker in <paramref name="folder"/>.</summary>
    public static WorkerProcess Start(string folder, NotebookRecord record)
    {
        lock (StartGate)
        {
            return new WorkerProcess(folder, record);
        }
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
            await OnThread(() => _commands.Write(MessageKind.Execute, Encoding.UTF8.GetBytes(source))).WaitAsync(cancellation);
        }
        catch (IOException)
        {
            await _ended.WaitAsync(cancellation);
            return false;
        }

        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task finished = _finishedCells.WaitAsync(waiting.Token);
        await Task.WhenAny(finished, _ended).WaitAsync(cancellation);
        if (!finished.IsCompleted)
        {
            await waiting.CancelAsync();
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

    private Process StartProcess(string folder)
    {
        var start = new ProcessStartInfo(DotnetPath())
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                typeof(WorkerProcess).Assembly.Location,
                WorkerProgram.Command,
                _commandPipe.GetClientHandleAsString(),
                _eventPipe.GetClientHandleAsString(),
                _mark,
            },
            Environment =
            {
                ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
                ["DOTNET_DbgEnableMiniDump"] = "0",
                ["DOTNET_EnableDiagnostics"] = "0", // pipes for debuggers, which a killed process leaves in the temporary folder
                [Descendants.Variable] = _mark,
            },
        };
        try
        {
            Process process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        finally
        {
            _commandPipe.DisposeLocalCopyOfClientHandle();
            _eventPipe.DisposeLocalCopyOfClientHandle();
        }
    }

    // The program that runs this process may be a test's own; the runtime it runs on always has a dotnet above it.
    private static string DotnetPath()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string path = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(path) ? path : name;
    }

    private void ReadEvents()
    {
        using var reader = new MessageReader(_eventPipe);
        while (reader.Read() is (var kind, var payload))
        {
            switch (kind)
            {
                case MessageKind.Output:
                    _record.Add(cell => cell.AddText("stdout", Encoding.UTF8.GetString(payload)));
                    break;
                case MessageKind.ErrorOutput:
                    _record.Add(cell => cell.AddText("stderr", Encoding.UTF8.GetString(payload)));
                    break;
                case MessageKind.Display:
                    _record.Show(PayloadContext.DecodeShownValue(payload));
                    break;
                case MessageKind.Update:
                    _record.Change(PayloadContext.DecodeShownValue(payload));
                    break;
                case MessageKind.Result:
                    _record.Add(cell => cell.AddValue(PayloadContext.DecodeShownValue(payload), isResult: true));
                    break;
                case MessageKind.Error:
                    _record.Add(cell => cell.Fail(PayloadContext.DecodeCellError(payload)));
                    break;
                case MessageKind.Finished:
                    _finishedCells.Release();
                    break;
                default:
                    break;
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
