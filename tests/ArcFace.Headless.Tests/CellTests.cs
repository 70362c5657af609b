using System.Text.Json.Nodes;

namespace ArcFace.Headless.Tests;

/// <summary>What cells can do, and what becomes of what they show. Most tests look at some cells of one notebook, which runs once.</summary>
public sealed class CellTests(CellTests.OneRun run) : IClassFixture<CellTests.OneRun>
{
    private static readonly string[] Shared =
    [
        "int x = 20;\nint Twice(int n) => 2 * n;",
        "await Task.Delay(1); Twice(x) + 2",
        "x.ToString();",
        "new[] { 1, 2 }.Select(n => new { n, Square = n * n })",
    ];

    private static readonly string[] Streams =
    [
        """Console.WriteLine("a"); Console.Write("é😀"); Console.Error.Write("e"); Console.Write('b'); 1""",
    ];

    private static readonly string[] Kept = ["var kept = Console.Out; kept.Write(1);", "kept.Write(2);"];

    private static readonly string[] Threads =
    [
        """
        var go = new System.Threading.ManualResetEventSlim();
        var late = new System.Threading.Thread(() => { go.Wait(); Console.Write("late"); });
        late.Start();
        var thread = new System.Threading.Thread(() => Console.Write("early"));
        thread.Start();
        thread.Join();
        """,
        "go.Set(); late.Join();",
    ];

    private static readonly string[] Native =
    [
        """
        [System.Runtime.InteropServices.DllImport("libc")] static extern int puts(string text);
        puts("one");
        """,
        """puts("two");""",
        "1",
    ];

    private static readonly string[] Surroundings =
    [
        """System.IO.File.Exists("test.ipynb")""",
        "System.Globalization.CultureInfo.CurrentCulture.Name.Length + \"|\" + 1.5",
        "Console.ReadLine() is null",
    ];

    private static readonly string[] Changing =
    [
        """
        using Microsoft.DotNet.Interactive;
        var value = KernelInvocationContext.Current.Display("first", "text/plain");
        Console.Write("after");
        value.Update("second");
        """,
        """value.Update("third");""",
    ];

    private static readonly string[] Polyglot =
    [
        """display(HTML("<b>bold</b>"));""",
        """typeof(StringBuilder).Name + nameof(Enumerable) + nameof(Task) + nameof(ArrayList)""",
        """
        using System.Diagnostics;
        using System.Reflection;
        int Frames() => new StackTrace(true).GetFrames().Count(frame => frame.GetFileLineNumber() == 3);
        Frames() + " " + MethodBase.GetCurrentMethod().Module.Assembly.GetCustomAttribute<DebuggableAttribute>().IsJITOptimizerDisabled
        """,
    ];

    private static readonly string[] Nulls =
    [
        "(string)null", "{ int Twice(int n) { return 2 * n; } Twice(1); }", "display((object)null);",
    ];

    private static readonly string[] Library =
    [
        $"#!import {Path.Combine(EveryNotebook.Folder, "setup.dib")}",
        """
        using ArcFace.Notebooks.Charts;
        using ArcFace.Notebooks;
        var shown = Figure.Titled("first").Circle(0, 0, 1).Show();
        Console.Write("after");
        """,
        """shown.Update(Figure.Titled("second").Circle(0, 0, 1));""",
        """Figure.Titled("third").Circle(0, 0, 1)""",
    ];

    private static readonly string[][] Blocks =
        [Shared, Streams, Kept, Threads, Native, Surroundings, Changing, Polyglot, Nulls, Library];

    [Fact]
    public void Cells_share_state_await_and_show_their_last_expression()
    {
        Cells notebook = run.Passed(Shared);

        Assert.Empty(notebook.Outputs(1));
        Assert.Equal("42", notebook.ResultText(2));
        Assert.Equal(2, (int?)notebook.Outputs(2)[0]!["execution_count"]); // the first block, so counted as in the notebook
        Assert.Empty(notebook.Outputs(3));
        string html = string.Concat(notebook.Outputs(4)[0]!["data"]!["text/html"]!.AsArray().Select(line => (string?)line));
        Assert.Contains("<table>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Streams_are_kept_in_order_and_one_output_for_what_belongs_together()
    {
        Cells notebook = run.Passed(Streams);

        JsonArray outputs = notebook.Outputs(1);
        Assert.Equal(["stdout", "stderr", "stdout", null], outputs.Select(output => (string?)output!["name"]));
        Assert.Equal(["a\n", "é😀"], outputs[0]!["text"]!.AsArray().Select(line => (string?)line));
        Assert.Equal("1", notebook.ResultText(1));
    }

    [Fact]
    public void A_writer_kept_from_an_earlier_cell_writes_into_the_present_one()
    {
        Cells notebook = run.Passed(Kept);

        Assert.Equal("1", notebook.Stream(1));
        Assert.Equal("2", notebook.Stream(2));
    }

    [Fact]
    public void Output_of_another_thread_is_shown()
    {
        Cells notebook = run.Passed(Threads);

        Assert.Equal("early", notebook.Stream(1));
        Assert.Equal("late", notebook.Stream(2));
    }

    [Fact]
    public void What_native_code_prints_belongs_to_its_cell()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "puts is called through libc");
        Cells notebook = run.Passed(Native);

        Assert.Equal("one\n", notebook.Stream(1));
        Assert.Equal("two\n", notebook.Stream(2));
        Assert.Equal("", notebook.Stream(3));
    }

    [Fact]
    public void A_cell_runs_in_the_folder_of_the_notebook_in_an_invariant_culture_and_reads_nothing()
    {
        Cells notebook = run.Passed(Surroundings);

        Assert.Equal("True", notebook.ResultText(1));
        Assert.Equal("0|1.5", notebook.ResultText(2));
        Assert.Equal("True", notebook.ResultText(3));
    }

    [Fact]
    public void A_value_of_the_kernel_changes_in_place_and_from_a_later_cell_too()
    {
        Cells notebook = run.Passed(Changing);

        JsonArray outputs = notebook.Outputs(1);
        Assert.Equal(["display_data", "stream"], outputs.Select(output => (string?)output!["output_type"]));
        Assert.Equal("third", (string?)Assert.Single(outputs[0]!["data"]!["text/plain"]!.AsArray()));
        Assert.Empty(notebook.Outputs(2));
    }

    [Fact]
    public void A_cell_sees_what_a_cell_of_Polyglot_Notebooks_sees()
    {
        Cells notebook = run.Passed(Polyglot);

        Assert.Equal("<b>bold</b>", (string?)Assert.Single(notebook.Outputs(1)[0]!["data"]!["text/html"]!.AsArray()));
        Assert.Equal("StringBuilderEnumerableTaskArrayList", notebook.ResultText(2));
        Assert.Equal("1 True", notebook.ResultText(3));
    }

    [Fact]
    public void A_cell_that_shows_null_fails()
    {
        CellResult[] cells = run.Results(Nulls);

        Assert.Equal(["NullShown", "NullShown", "NullShown"], cells.Select(cell => cell.Failure?.Name));
        Assert.Equal((NotebookOutcome.Failed, Blocks.Sum(block => block.Length)), (run.Result.Outcome, run.Result.Cells.Count));
        Assert.Equal(cells, run.Result.FailedCells.Where(cell => cell.Failure!.Name == "NullShown"));
    }

    [Fact]
    public void The_library_shows_figures_and_replaces_them_in_place()
    {
        Cells notebook = run.Passed(Library);

        JsonArray outputs = notebook.Outputs(2);
        Assert.Equal(["display_data", "stream"], outputs.Select(output => (string?)output!["output_type"]));
        var plotly = Assert.IsType<JsonObject>(outputs[0]!["data"]!["application/vnd.plotly.v1+json"]);
        Assert.Contains("second", plotly.ToJsonString(), StringComparison.Ordinal);
        Assert.IsType<JsonArray>(outputs[0]!["data"]!["text/plain"]);
        Assert.Empty(notebook.Outputs(3));

        // As the last expression, a figure draws itself.
        JsonNode result = Assert.Single(notebook.Outputs(4))!;
        Assert.Equal("execute_result", (string?)result["output_type"]);
        Assert.Equal(["application/vnd.plotly.v1+json", "text/plain"], result["data"]!.AsObject().Select(form => form.Key));
        Assert.StartsWith("[figure] third", notebook.ResultText(4), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_executed_notebook_keeps_the_sources_and_the_original_is_left_alone()
    {
        using var folder = new TestFolder();
        string path = folder.WriteNotebook("n.ipynb", Notebooks.WithCells([Notebooks.Markdown("# Title"), Notebooks.Code("\"<\" + 1")]));
        string before = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);

        NotebookResult result = await NotebookRunner.RunAsync(path, cancellation: TestContext.Current.CancellationToken);
        result.Notebook.Save(folder.At("out/n.ipynb"));

        Assert.Equal(before, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        NotebookDocument executed = NotebookDocument.Load(folder.At("out/n.ipynb"));
        Assert.Equal(["# Title", "\"<\" + 1"], executed.Cells.Select(cell => cell.Source));
        Assert.Equal(1, (int?)executed.Cells[1].Json["execution_count"]);
        Assert.Equal("<1", executed.ResultText(2));
        Assert.Equal(["n.ipynb"], Directory.GetFiles(folder.At("out")).Select(Path.GetFileName));
    }

    /// <summary>Some cells of the executed notebook, counted from 1.</summary>
    internal sealed record Cells(NotebookDocument Notebook, int Before)
    {
        public JsonArray Outputs(int cell) => Notebook.Outputs(Before + cell);

        public string Stream(int cell) => Notebook.Stream(Before + cell);

        public string? ResultText(int cell) => Notebook.ResultText(Before + cell);
    }

    /// <summary>The notebook of all blocks, run once.</summary>
    public sealed class OneRun : IAsyncLifetime
    {
        private readonly TestFolder _folder = new();

        internal NotebookResult Result { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Result = await NotebookRunner.RunAsync(
            _folder.WriteNotebook([.. Blocks.SelectMany(block => block)]), cancellation: TestContext.Current.CancellationToken);

        public ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }

        internal CellResult[] Results(string[] block) => [.. Result.Cells.Skip(Before(block)).Take(block.Length)];

        /// <summary>What came of a block, all of whose cells must have passed.</summary>
        internal Cells Passed(string[] block)
        {
            CellResult[] cells = Results(block);
            Assert.Equal(block.Length, cells.Length);
            Assert.Empty(cells.Select(cell => cell.DescribeFailure()).OfType<string>());
            return new Cells(Result.Notebook, Before(block));
        }

        private static int Before(string[] block) => Blocks.TakeWhile(other => other != block).Sum(other => other.Length);
    }
}
