namespace ArcFace.Headless;

/// <summary>What the program tells its caller.</summary>
internal static class ExitCode
{
    public const int Passed = 0;

    /// <summary>A cell failed, or a rule is broken.</summary>
    public const int Failed = 1;

    /// <summary>The arguments are wrong, or a notebook cannot be read.</summary>
    public const int BadArguments = 2;

    public const int TimedOut = 3;

    /// <summary>Stopped with Ctrl-C.</summary>
    public const int Interrupted = 130;
}
