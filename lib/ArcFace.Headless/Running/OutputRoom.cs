namespace ArcFace.Headless.Running;

/// <summary>How much more of what a notebook puts out is kept. A notebook that puts out more, in whatever way, costs the host at most about
/// 20 bytes of memory for each of these characters.</summary>
internal sealed class OutputRoom
{
    /// <summary>The characters kept of one notebook: what the outputs hold, and what each needs beside that.</summary>
    internal const long Largest = 32 << 20;

    private const long Beside = 500;

    private long _left = Largest;

    /// <summary>Takes the room for one more output.</summary>
    /// <returns>False where there is not enough; nothing is taken then.</returns>
    public bool TakeOutput(long length) => Take(Beside + length);

    /// <summary>Takes room for what an output there is grows by, or gives it back where that is negative.</summary>
    /// <returns>False where there is not enough; nothing is taken then.</returns>
    public bool Take(long length)
    {
        bool isEnough = length <= _left;
        _left -= isEnough ? length : 0;
        return isEnough;
    }
}
