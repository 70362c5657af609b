using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;

namespace ArcFace.Headless.Tests;

/// <summary>Whatever ends a run, nothing of it stays.</summary>
public sealed class LeftBehindTests : IDisposable
{
    private const int Stop = 19;

    // A grandchild in a session of its own, whose parent is gone.
    private const string LeaveGrandchild = """
        System.Diagnostics.Process.Start("sh", new[] { "-c", "setsid sleep 1000 & echo $! > pid.new" }).WaitForExit();
        System.IO.File.Move("pid.new", "pid");
        """;

    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData("1")]
    [InlineData("Environment.Exit(0);")]
    [InlineData("Environment.FailFast(\"\");")]
    [InlineData("Environment.SetEnvironmentVariable(\"ARCFACE_NOTEBOOK_RUN\", null);")]
    public async Task However_a_notebook_ends_so_do_the_processes_that_it_started(string last)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sees what a process has inherited in /proc");

        await NotebookRunner.RunAsync(_folder.WriteNotebook(LeaveGrandchild, last), cancellation: TestContext.Current.CancellationToken);

        await AssertEndsAsync(await GrandchildAsync());
    }

    [Theory]
    [InlineData(Signals.HangUp)]
    [InlineData(Signals.Quit)]
    public async Task A_terminal_that_goes_away_leaves_the_reports(int signal)
    {
        Signals.SkipWhenIgnored(signal);
        using Process host = await StartAsync("while (true) { }");

        Assert.Equal(0, Signals.Send(host.Id, signal));
        await host.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Interrupted, host.ExitCode);
        Assert.Equal("2", NotebookDocument.Load(_folder.At("out/test.ipynb")).ResultText(1));
        Assert.Equal(3, XDocument.Load(_folder.At("junit.xml")).Descendants("testcase").Count());
        await AssertEndsAsync(await GrandchildAsync());
    }

    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("AppDomain.CurrentDomain.ProcessExit += (_, _) => System.Threading.Thread.Sleep(-1); System.Threading.Thread.Sleep(-1);")]
    public async Task A_host_that_is_killed_leaves_no_process(string last)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sees what a process has inherited in /proc");
        using Process host = await StartAsync($"System.IO.File.WriteAllText(\"worker\", Environment.ProcessId.ToString());\n{last}");
        while (!File.Exists(_folder.At("worker")) || new FileInfo(_folder.At("worker")).Length == 0)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Equal(0, Signals.Send(host.Id, Signals.KillAtOnce));

        await AssertEndsAsync(int.Parse(await File.ReadAllTextAsync(_folder.At("worker"), TestContext.Current.CancellationToken), CultureInfo.InvariantCulture));
        await AssertEndsAsync(await GrandchildAsync());
    }

    [Fact]
    public async Task Nothing_stays_in_the_temporary_folder()
    {
        string temporary = Directory.CreateDirectory(_folder.At("temporary")).FullName;
        _folder.WriteNotebook("System.IO.Directory.CreateTempSubdirectory();", "Environment.FailFast(\"\");");

        await HostProcess.RunWithAsync(_folder, new() { ["TMPDIR"] = temporary }, "run", "test.ipynb", "--output", "out");

        Assert.Empty(Directory.GetFileSystemEntries(temporary));
    }

    [Fact]
    public async Task A_worker_that_stands_still_does_not_hold_up_the_time_limit()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        string stop = $$"""
            [System.Runtime.InteropServices.DllImport("libc")] static extern int kill(int id, int signal);
            _ = System.Threading.Tasks.Task.Run(() => { System.Threading.Thread.Sleep(1000); kill(Environment.ProcessId, {{Stop}}); });
            """;
        string path = _folder.WriteNotebook(stop, "System.Threading.Thread.Sleep(1);", $"// {new string('x', 1 << 20)}\n1", "System.Threading.Thread.Sleep(5000);");

        NotebookResult result = await NotebookRunner.RunAsync(
            path, new NotebookRunOptions { Timeout = TimeSpan.FromSeconds(10) }, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(NotebookOutcome.TimedOut, result.Outcome);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 2, 1)]
    [InlineData(1, 0.5, 0.5)]
    [InlineData(1, 0, 0.25)]
    public void A_second_counts_as_much_as_the_notebook_computes_in_it_and_at_least_a_quarter(double elapsed, double computed, double used)
    {
        var limit = new Running.TimeLimit(TimeSpan.FromSeconds(1));

        Assert.Equal(used >= 1, limit.Count(TimeSpan.FromSeconds(elapsed), TimeSpan.FromSeconds(computed)));
        Assert.Equal(TimeSpan.FromSeconds(used), limit.Used);
    }

    [Fact]
    public async Task A_notebook_that_waits_for_ever_is_stopped_too()
    {
        NotebookResult result = await NotebookRunner.RunAsync(
            _folder.WriteNotebook("System.Threading.Thread.Sleep(-1);"),
            new NotebookRunOptions { Timeout = TimeSpan.FromSeconds(5) },
            cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(NotebookOutcome.TimedOut, result.Outcome);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<Process> StartAsync(string last)
    {
        _folder.WriteNotebook("1 + 1", LeaveGrandchild, last);
        Process host = HostProcess.Start(_folder, "run", "test.ipynb", "--output", "out", "--junit", "junit.xml");
        while (await host.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line
            && !line.Contains("cell  2/3", StringComparison.Ordinal))
        {
        }

        return host;
    }

    private async Task<int> GrandchildAsync() =>
        int.Parse(await File.ReadAllTextAsync(_folder.At("pid"), TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);

    // Who is killed stays listed for a moment, or as a zombie where nothing reaps it.
    private static async Task AssertEndsAsync(int id)
    {
        string status = $"/proc/{id}/stat";
        for (int i = 0; i < 400 && File.Exists(status); i++)
        {
            try
            {
                if ((await File.ReadAllTextAsync(status)).Contains(") Z ", StringComparison.Ordinal))
                {
                    return;
                }
            }
            catch (IOException)
            {
                return;
            }

            await Task.Delay(50);
        }

        Assert.False(File.Exists(status), $"process {id} is still there");
    }
}
