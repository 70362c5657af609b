using System.Runtime.InteropServices;

namespace ArcFace.Headless.Worker;

/// <summary>The process's real standard output and error, where native code writes.</summary>
internal sealed class NativeOutput(string mark) : IDisposable
{
    private readonly byte[] _endOfCell = EndOfCell(mark);
    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly Stream _error = Console.OpenStandardError();

    /// <summary>What stands at the end of each cell's output: the mark, so framed that a cell that prints its environment prints no end.</summary>
    public static byte[] EndOfCell(string mark) => Encoding.ASCII.GetBytes($"\u001e{mark}\u001e");

    /// <summary>Marks where a cell's output ends, so that the host does not take it for the next cell's.</summary>
    public void EndCell()
    {
        FlushC();
        _output.Write(_endOfCell);
        _output.Flush();
        _error.Write(_endOfCell);
        _error.Flush();
    }

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    // C's own buffers: a printf into a pipe otherwise waits there until the process ends.
    private static void FlushC()
    {
        if (OperatingSystem.IsWindows())
        {
            _ = FlushUniversalC(0);
        }
        else
        {
            _ = FlushLibC(0);
        }
    }

    [DllImport("libc", EntryPoint = "fflush")]
    private static extern int FlushLibC(nint stream);

    [DllImport("ucrtbase", EntryPoint = "fflush")]
    private static extern int FlushUniversalC(nint stream);
}
