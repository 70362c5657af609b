using System.Runtime.InteropServices;

namespace ArcFace.Headless.Tests;

/// <summary>The signals that the tests send, by their numbers on Linux and macOS.</summary>
internal static class Signals
{
    public const int HangUp = 1, Interrupt = 2, Quit = 3, KillAtOnce = 9;

    public static readonly int Stop = OperatingSystem.IsMacOS() ? 17 : 19;

    /// <summary>Sends a signal; 0 asks only whether the process is there.</summary>
    [DllImport("libc", EntryPoint = "kill")]
    public static extern int Send(int process, int signal);

    /// <summary>Skips a test whose signal cannot arrive: a shell starts what it runs in the background with some switched off.</summary>
    public static void SkipWhenIgnored(int signal)
    {
        const string Status = "/proc/self/status", Field = "SigIgn:";
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        string? ignored = File.Exists(Status)
            ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal))
            : null;
        bool off = ignored is not null && (Convert.ToUInt64(ignored[Field.Length..].Trim(), 16) & (1UL << (signal - 1))) != 0;
        Assert.SkipWhen(off, $"whoever started the tests has switched signal {signal} off, and children inherit that");
    }
}
