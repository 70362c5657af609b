using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ArcFace.Headless.Tests;

/// <summary>Notebooks that misbehave on purpose: what they did until then is kept, and the error says where and why.</summary>
public sealed class MisbehavingNotebookTests : IDisposable
{
    private const string Overlapping = """
        using System.Runtime.InteropServices;
        [StructLayout(LayoutKind.Explicit)] struct S { [FieldOffset(0)] public object O; [FieldOffset(0)] public long L; }
        var s = new S();
        """;

    private const string WithoutFolder = """
        string folder = System.IO.Directory.CreateTempSubdirectory().FullName;
        System.IO.Directory.SetCurrentDirectory(folder);
        System.IO.Directory.Delete(folder);
        """;

    private readonly TestFolder _folder = new();

    [Fact]
    public async Task A_failing_cell_does_not_keep_the_next_ones_from_running()
    {
        NotebookResult result = await RunAsync(
            "int x = 1;",
            "x = 2;\nConsole.Write(\"before\");\nint.Parse(\"q\");\nx = 3;",
            "var y = ;",
            "x");

        Assert.Equal(NotebookOutcome.Failed, result.Outcome);
        Assert.Equal([2, 3], result.FailedCells.Select(cell => cell.Cell));
        CellResult thrown = result.Cells[1];
        Assert.Equal(("System.FormatException", 3), (thrown.Failure!.Name, thrown.Failure.Line));
        Assert.StartsWith("cell 2 (cell-2), line 3: System.FormatException: ", thrown.DescribeFailure(), StringComparison.Ordinal);
        CellResult uncompiled = result.Cells[2];
        Assert.Equal(("CompilationError", 1), (uncompiled.Failure!.Name, uncompiled.Failure.Line));
        Assert.Equal("before", result.Notebook.Stream(2));
        Assert.Equal(["stream", "error"], result.Notebook.Outputs(2).Select(output => (string?)output!["output_type"]));
        Assert.Equal("System.FormatException", (string?)result.Notebook.Outputs(2)[1]!["ename"]);
        Assert.Equal("2", result.Notebook.ResultText(4));
    }

    [Fact]
    public async Task A_notebook_that_says_it_cannot_go_on_is_run_no_further()
    {
        string path = _folder.WriteNotebook(
            $"#!import {Path.Combine(EveryNotebook.Folder, "setup.dib")}",
            "int x = 1;\nthrow new ArcFace.Notebooks.NotebookStoppedException(\"no pictures\");",
            "x");

        NotebookResult result = await NotebookRunner.RunAsync(path, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal((NotebookOutcome.Failed, 2, 3), (result.Outcome, result.Cells.Count, result.CellCount));
        Assert.Equal("no pictures", Assert.Single(result.FailedCells).Failure!.Message);
        Assert.Empty(result.Notebook.Outputs(3));
    }

    [Fact]
    public async Task A_cell_that_is_to_fail_must_fail()
    {
        string path = _folder.WriteNotebook("n.ipynb", Notebooks.WithCells(
        [
            Notebooks.CodeThatRaises("throw new InvalidOperationException(\"as planned\");"),
            Notebooks.CodeThatRaises("1"),
        ]));

        NotebookResult result = await NotebookRunner.RunAsync(path, cancellation: TestContext.Current.CancellationToken);

        CellResult failed = Assert.Single(result.FailedCells);
        Assert.Equal(2, failed.Cell);
        Assert.Equal("as planned", (string?)result.Notebook.Outputs(1)[0]!["evalue"]);
    }

    [Fact]
    public async Task An_endless_loop_is_stopped_and_so_are_the_processes_it_started()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "sleep is a Unix command");
        NotebookResult result = await RunAsync(
            new NotebookRunOptions { Timeout = TimeSpan.FromSeconds(8) },
            """Console.Write(System.Diagnostics.Process.Start("sleep", "1000").Id);""",
            "while (true) { }",
            "1");

        Assert.Equal(NotebookOutcome.TimedOut, result.Outcome);
        Assert.Equal(2, result.Cells.Count);
        Assert.Equal("TimedOut", result.Cells[1].Failure!.Name);
        Assert.Contains("longer than 8 s", result.Cells[1].Failure!.Message, StringComparison.Ordinal);
        int child = int.Parse(result.Notebook.Stream(1), System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(await HasEndedAsync(child), $"process {child} is still there");
        Assert.Empty(result.Notebook.Outputs(3));
    }

    [Theory]
    [InlineData("""Environment.FailFast("last words");""", "last words")]
    [InlineData("""[System.Runtime.InteropServices.DllImport("libc")] static extern void abort(); abort();""", "")]
    [InlineData(
        """new System.Threading.Thread(() => throw new Exception("last words")).Start(); System.Threading.Thread.Sleep(100_000);""",
        "last words")]
    public async Task A_crash_loses_nothing_that_was_written(string crash, string lastWords)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "abort is called through libc");
        NotebookResult result = await RunAsync("Console.Write(1);", $"Console.Write(\"no line end\");\n{crash}", "3");

        Assert.Equal(NotebookOutcome.Failed, result.Outcome);
        Assert.Equal("the process ended with exit code 134 during cell 2", result.Cells[1].Failure!.Message);
        Assert.Equal("1", result.Notebook.Stream(1));
        Assert.Equal("no line end", result.Notebook.Stream(2));
        Assert.Contains(lastWords, result.Notebook.Stream(2, "stderr"), StringComparison.Ordinal);
        Assert.Equal("error", (string?)result.Notebook.Outputs(2)[^1]!["output_type"]);
        Assert.Equal((2, 3), (result.Cells.Count, result.CellCount));
    }

    [Fact]
    public async Task A_process_left_behind_does_not_hold_the_run_up()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "sh is a Unix command");
        string path = _folder.WriteNotebook(
            """System.Diagnostics.Process.Start("sh", new[] { "-c", "sleep 600 & echo $!" }).WaitForExit();""", "2");

        // The limit only makes a run that is held up fail before the process goes away by itself.
        NotebookResult result = await NotebookRunner.RunAsync(path, cancellation: TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(300), TestContext.Current.CancellationToken);

        int id = int.Parse(result.Notebook.Stream(1), System.Globalization.CultureInfo.InvariantCulture);
        using var leftBehind = Process.GetProcessById(id);
        leftBehind.Kill();
        Assert.Equal(NotebookOutcome.Passed, result.Outcome);
        Assert.Equal("2", result.Notebook.ResultText(2));
    }

    [Fact]
    public async Task Ten_megabytes_of_output_are_cut_with_a_note()
    {
        NotebookResult result = await RunAsync(
            """var line = new string('x', 1023); for (int i = 0; i < 10 * 1024; i++) Console.WriteLine(line);""",
            """
            var bytes = new byte[1 << 20];
            bytes.AsSpan().Fill((byte)'y');
            using (var raw = Console.OpenStandardOutput()) for (int i = 0; i < 10; i++) raw.Write(bytes);
            """);

        Assert.Equal(NotebookOutcome.Passed, result.Outcome);
        foreach (int cell in new[] { 1, 2 })
        {
            Assert.Equal(1 << 20, result.Notebook.Stream(cell).Length);
            Assert.Contains("10,485,760 characters were written", result.Notebook.Stream(cell, "stderr"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_directive_that_cannot_be_obeyed_says_why_and_where()
    {
        (string Cell, string Name, string Part, int Line)[] rows =
        [
            ("#!import ./missing.dib", "ImportNotFound", "dotnet build", 1),
            ("int y = 1;\n#!import ./missing.dib", "ImportNotFound", "dotnet build", 2),
            ("#!import ./unbuilt.dib", "ReferenceNotFound", "run 'dotnet build' first", 1),
            ("#!import ./nul\0.dib", "ImportNotReadable", "cannot be read", 1),
            ("#!import ./cycle.dib", "ImportCycle", "imports itself", 1),
            ("#!import ./fsharp.dib", "CompilationError", "fsharp", 1),
            ("#!import ./throws.dib", "System.InvalidOperationException", "throws.dib, line 4: from the import", 1),
            ("int y = 1;\n#!import ./compiles-not.dib", "CompilationError", "compiles-not.dib, line 5: CS0103", 2),
            ("#!import ./good.dib\nint y = nothing;", "CompilationError", "CS0103", 2),
            ("#!import ./good.dib\n\nthrow new InvalidOperationException(\"below\");", "System.InvalidOperationException", "below", 3),
            ("#!time\n1", "CompilationError", "#!time", 1),
            ("#r \"nuget: Foo, 1.0\"", "CompilationError", "nuget: Foo", 1),
            ("#load \"x.csx\"", "CompilationError", "x.csx", 1),
        ];
        _folder.Write("cycle.dib", "#!import ./cycle.dib");
        _folder.Write("fsharp.dib", "#!meta\n{}\n#!fsharp\nlet x = 1");
        _folder.Write("unbuilt.dib", "#!meta\n{}\n#!csharp\n#r \"/no/such/library.dll\"");
        _folder.Write("throws.dib", "#!meta\n{}\n#!csharp\nthrow new InvalidOperationException(\"from the import\");");
        _folder.Write("compiles-not.dib", "#!meta\n{}\n#!csharp\nint z = 1;\nint y = nothing;");
        _folder.Write("good.dib", "#!meta\n{}\n#!csharp\nint z = 1;");

        await AssertEachFailsAsync(rows.Select(row => row.Cell), (row, failure) =>
        {
            Assert.Equal((rows[row].Name, rows[row].Line), (failure.Name, failure.Line));
            Assert.Contains(rows[row].Part, failure.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task An_error_of_any_kind_fails_its_cell_and_the_rest_runs()
    {
        (string Cell, string Name, int? Line)[] rows =
        [
            ("#r \"/proc/self/exe\"", "CompilationError", 1),
            ("class E : Exception { public override string ToString() => throw new E(); }\nthrow new E();", "E", 2),
            ("class E : Exception { public override string Message => throw new E(); }\nthrow new E();", "E", 2),
            ("class E : Exception { public override string ToString() => null; }\nthrow new E();", "E", 2),
            ("class E : Exception { public override string Message => null; }\nthrow new E();", "E", 2),
            ("throw new Exception(new string('x', 100_000_000));", "System.Exception", 1),
            ("throw null;", "System.NullReferenceException", 1),
            ("throw new OperationCanceledException();", "System.OperationCanceledException", 1),
            ("await Task.FromException(new Exception());", "System.Exception", 1),
            (Overlapping, "System.TypeLoadException", null),
            (WithoutFolder, "Error", null),
        ];

        await AssertEachFailsAsync(rows.Select(row => row.Cell), (row, failure) =>
        {
            // A class of a cell lies in a class of the compiler's, called by a number.
            Assert.Equal((rows[row].Name, rows[row].Line), (Regex.Replace(failure.Name, @"^Submission#\d+\+", ""), failure.Line));
            Assert.InRange(failure.Message.Length, 1, 11_000);
            Assert.InRange(failure.Details.Length, 1, 70_000);
        });
    }

    [Fact]
    public async Task A_run_that_is_called_off_gives_what_there_is()
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new CancelAtCell(2, cancellation);

        NotebookResult result = await NotebookRunner.RunAsync(
            _folder.WriteNotebook("1", "while (true) { }", "3"), progress: progress, cancellation: cancellation.Token);

        Assert.Equal(NotebookOutcome.Interrupted, result.Outcome);
        Assert.Equal("1", result.Notebook.ResultText(1));
        Assert.Equal(2, result.Cells.Count);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Runs each cell in one notebook, with a cell after it that must give its result all the same.</summary>
    private async Task AssertEachFailsAsync(IEnumerable<string> cells, Action<int, CellFailure> check)
    {
        string[] failing = [.. cells];
        NotebookResult result = await RunAsync([.. failing.Index().SelectMany(cell => (string[])[cell.Item, $"{cell.Index} + 100"])]);

        Assert.Equal(2 * failing.Length, result.Cells.Count);
        Assert.All(failing, (_, row) =>
        {
            CellFailure? failure = result.Cells[2 * row].Failure;
            Assert.NotNull(failure);
            check(row, failure);
            Assert.Null(result.Cells[(2 * row) + 1].Failure);
            Assert.Equal($"{row + 100}", result.Notebook.ResultText((2 * row) + 2));
        });
    }

    private Task<NotebookResult> RunAsync(params string[] cells) => RunAsync(new NotebookRunOptions(), cells);

    private Task<NotebookResult> RunAsync(NotebookRunOptions options, params string[] cells) =>
        NotebookRunner.RunAsync(_folder.WriteNotebook(cells), options, cancellation: TestContext.Current.CancellationToken);

    // A killed process that nobody waits for stays listed for a moment, or as a zombie where nothing reaps it.
    private static async Task<bool> HasEndedAsync(int id)
    {
        for (int i = 0; i < 100; i++)
        {
            try
            {
                using var process = Process.GetProcessById(id);
                string status = $"/proc/{id}/stat";
                bool isZombie = File.Exists(status) && (await File.ReadAllTextAsync(status)).Contains(") Z ", StringComparison.Ordinal);
                if (process.HasExited || isZombie)
                {
                    return true;
                }
            }
            catch (Exception exception) when (exception is ArgumentException or IOException)
            {
                return true;
            }

            await Task.Delay(50);
        }

        return false;
    }

    private sealed class CancelAtCell(int cell, CancellationTokenSource cancellation) : IProgress<NotebookProgress>
    {
        public void Report(NotebookProgress value)
        {
            if (value is CellStarted && value.Cell == cell)
            {
                cancellation.Cancel();
            }
        }
    }
}
