using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;

namespace ArcFace.Headless.Tests;

/// <summary>Whatever ends a run, nothing of it stays.</summary>
public sealed class LeftBehindTests : IDisposable
{
    // A grandchild in a session of its own, whose parent is gone.
    private const string LeaveGrandchild = """
        System.Diagnostics.Process.Start("sh", new[] { "-c", "setsid sleep 1000 & echo $! > pid.new" }).WaitForExit();
        System.IO.File.Move("pid.new", "pid");
        """;

    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData("Environment.SetEnvironmentVariable(\"ARCFACE_NOTEBOOK_RUN\", null);", null)]
    [InlineData("Environment.Exit(0);", "the process ended with exit code 0 during cell 2")]
    [InlineData("Environment.FailFast(\"\");", "the process ended with exit code 134 during cell 2")]
    public async Task However_a_notebook_ends_so_do_the_processes_that_it_started(string last, string? failure)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sees what a process has inherited in /proc");
        string temporary = Directory.CreateDirectory(_folder.At("temporary")).FullName;
        _folder.WriteNotebook("System.IO.Directory.CreateTempSubdirectory();\n" + LeaveGrandchild, last);

        (int code, string output, _) = await HostProcess.RunWithAsync(_folder, new() { ["TMPDIR"] = temporary }, "run", "test.ipynb", "--output", "out");

        Assert.Equal(failure is null ? ExitCode.Passed : ExitCode.Failed, code);
        Assert.Contains(failure ?? "1 of 1 notebooks passed", output, StringComparison.Ordinal);
        await AssertEndsAsync(await GrandchildAsync());
        Assert.Empty(Directory.GetFileSystemEntries(temporary));
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
    public async Task A_worker_that_stands_still_does_not_hold_up_the_end_of_its_run()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        using var end = new CancellationTokenSource();
        var stop = new StopBeforeSecondCell(end);

        // A cell longer than a pipe holds is not even taken from it.
        string path = _folder.WriteNotebook("Console.Write(Environment.ProcessId);", $"// {new string('x', 1 << 20)}\n1");
        NotebookResult result = await NotebookRunner.RunAsync(path, progress: stop, cancellation: end.Token)
            .WaitAsync(TimeSpan.FromSeconds(300), TestContext.Current.CancellationToken);

        Assert.True(stop.HasStopped);
        Assert.Equal((NotebookOutcome.Interrupted, 2), (result.Outcome, result.Cells.Count));
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
    public async Task A_process_that_never_computes_is_watched_for_four_times_its_limit()
    {
        using var run = new CancellationTokenSource();
        long start = Stopwatch.GetTimestamp();

        await new Running.TimeLimit(TimeSpan.FromSeconds(0.25)).WatchAsync(() => TimeSpan.Zero, run);

        Assert.True(run.IsCancellationRequested);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.FromSeconds(0.99), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_notebook_that_waits_for_ever_is_stopped_too()
    {
        NotebookResult result = await NotebookRunner.RunAsync(
            _folder.WriteNotebook("System.Threading.Thread.Sleep(-1);"),
            new NotebookRunOptions { Timeout = TimeSpan.FromSeconds(3) },
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

    /// <summary>Makes the worker stand still once its first cell has told who it is, and calls the run off a little later.</summary>
    private sealed class StopBeforeSecondCell(CancellationTokenSource end) : IProgress<NotebookProgress>
    {
        public bool HasStopped { get; private set; }

        public void Report(NotebookProgress value)
        {
            if (value is CellEnded { Result: { Cell: 1, Output: var worker } })
            {
                HasStopped = Signals.Send(int.Parse(worker, CultureInfo.InvariantCulture), Signals.Stop) == 0;
                end.CancelAfter(TimeSpan.FromMilliseconds(500));
            }
        }
    }
}
