namespace ArcFace.Headless;

/// <summary>What the program tells its caller.</summary>
internal static class ExitCode
{
    public const int Passed = 0;
    public const int Failed = 1; // a cell failed, or a rule is broken
    public const int BadArguments = 2; // or a notebook cannot be read
    public const int TimedOut = 3;
    public const int Interrupted = 130;
}
