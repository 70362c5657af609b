using System.Diagnostics;
using System.IO.Pipes;
using System.Threading.Channels;
using ArcFace.Headless.Running;

namespace ArcFace.Headless.Worker;

/// <summary>The process that runs the cells of one notebook, in the notebook's folder.</summary>
internal static class WorkerProgram
{
    /// <summary>The first argument that makes this program a worker.</summary>
    public const string Command = "worker";

    /// <param name="arguments">The handles of the pipe to read from and of the pipe to write to, and the mark of this run, which ends
    /// a cell's part of the real standard output and error.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is not [string commands, string events, string mark])
        {
            await Console.Error.WriteLineAsync($"'{Command}' is how the host starts itself; use 'run'.");
            return ExitCode.BadArguments;
        }

        KernelEngine.WarmUp();

        // What a terminal sends reaches each of its processes; only the host answers it.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context => context.Cancel = true);
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;

        using var commandPipe = new AnonymousPipeClientStream(PipeDirection.In, commands);
        using var eventPipe = new AnonymousPipeClientStream(PipeDirection.Out, events);
        var nativeOutput = new NativeOutput(mark);
        using var output = TextWriter.Synchronized(new CellTextWriter(eventPipe, "stdout"));
        using var error = TextWriter.Synchronized(new CellTextWriter(eventPipe, "stderr"));
        using var engine = new KernelEngine(eventPipe);
        int number = 0;
        await foreach (string source in ListenForCells(commandPipe, mark).ReadAllAsync())
        {
            Console.SetOut(output);
            Console.SetError(error);
            number++;
            await engine.RunAsync(source, $"cell {number}");
            nativeOutput.EndCell();
            eventPipe.Send(new Finished());
        }

        return ExitCode.Passed;
    }

    private static ChannelReader<string> ListenForCells(Stream commands, string mark)
    {
        var cells = Channel.CreateUnbounded<string>();
        new Thread(() =>
        {
            while (commands.Receive() is Execute cell)
            {
                cells.Writer.TryWrite(cell.Source);
            }

            // The host is gone, however it ended: nothing that a cell left running may stay, nor hold this process up.
            Descendants.Kill(mark);
            Process.GetCurrentProcess().Kill();
        })
        { IsBackground = true }.Start();
        return cells.Reader;
    }
}
