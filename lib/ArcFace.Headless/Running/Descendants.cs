using System.ComponentModel;
using System.Diagnostics;

namespace ArcFace.Headless.Running;

/// <summary>The processes that a notebook has started, directly or not. Each inherits a mark in its environment, by which it is found even
/// when whoever started it is gone. Only Linux shows the environment of a process; elsewhere what an ended process has left runs
/// on.</summary>
internal static class Descendants
{
    /// <summary>The environment variable that holds the mark.</summary>
    public const string Variable = "ARCFACE_NOTEBOOK_RUN";

    /// <summary>Ends every process that has <paramref name="mark"/>, but for this one.</summary>
    public static void Kill(string mark)
    {
        byte[] entry = Encoding.ASCII.GetBytes($"{Variable}={mark}");

        // Again as long as there are any: one may have started another meanwhile.
        bool isAny = OperatingSystem.IsLinux();
        for (int round = 0; round < 100 && isAny; round++)
        {
            isAny = Process.GetProcesses().Select(process => TryKill(process, entry)).ToArray().Contains(true);
        }
    }

    private static bool TryKill(Process candidate, byte[] entry)
    {
        using Process process = candidate;
        try
        {
            bool isMarked = process.Id != Environment.ProcessId && File.ReadAllBytes($"/proc/{process.Id}/environ").AsSpan().IndexOf(entry) >= 0;
            if (isMarked)
            {
                process.Kill();
            }

            return isMarked;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException or Win32Exception)
        {
            return false; // it has ended, or is another user's
        }
    }
}
