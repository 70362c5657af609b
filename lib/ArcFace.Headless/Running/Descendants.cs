using System.Diagnostics;
using System.Text;

namespace ArcFace.Headless.Running;

/// <summary>
/// The processes that a notebook has started, directly or not. Each inherits a mark in its environment, by which it is found even
/// when whoever started it is gone. Only Linux shows the environment of a process; elsewhere what an ended process has left runs on.
/// </summary>
internal static class Descendants
{
    /// <summary>The environment variable that holds the mark.</summary>
    public const string Variable = "ARCFACE_NOTEBOOK_RUN";

    /// <summary>Ends every process that has <paramref name="mark"/>, but for this one.</summary>
    public static void Kill(string mark)
    {
        byte[] entry = Encoding.ASCII.GetBytes($"{Variable}={mark}");
        bool found = OperatingSystem.IsLinux();

        // Again as long as there are any: one may have started another meanwhile.
        for (int round = 0; found && round < 100; round++)
        {
            found = false;
            foreach (Process process in Process.GetProcesses())
            {
                using (process)
                {
                    if (process.Id != Environment.ProcessId && Has(process.Id, entry) && TryKill(process))
                    {
                        found = true;
                    }
                }
            }
        }
    }

    private static bool Has(int id, byte[] entry)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{id}/environ").AsSpan().IndexOf(entry) >= 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // ended, or another user's
        }
    }

    private static bool TryKill(Process process)
    {
        try
        {
            process.Kill();
            return true;
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
