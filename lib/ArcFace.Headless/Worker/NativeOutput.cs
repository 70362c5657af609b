namespace ArcFace.Headless.Worker;

/// <summary>The process's real standard output and error, where native code writes.</summary>
internal sealed class NativeOutput(string mark)
{
    private readonly Stream[] _streams = [Console.OpenStandardOutput(), Console.OpenStandardError()];

    /// <summary>What stands at the end of each cell's output: the mark, so framed that a cell that prints its environment prints no end.</summary>
    public static string EndOfCell(string mark) => $"\u001e{mark}\u001e";

    /// <summary>Marks where a cell's output ends, so that the host does not take it for the next cell's.</summary>
    public void EndCell()
    {
        // C's own buffers: a printf into a pipe otherwise waits there until the process ends.
        _ = OperatingSystem.IsWindows() ? FlushUniversalC(0) : FlushLibC(0);
        Array.ForEach(_streams, stream => stream.Write(Encoding.ASCII.GetBytes(EndOfCell(mark))));
    }

    [DllImport("libc", EntryPoint = "fflush")]
    private static extern int FlushLibC(nint stream);

    [DllImport("ucrtbase", EntryPoint = "fflush")]
    private static extern int FlushUniversalC(nint stream);
}
