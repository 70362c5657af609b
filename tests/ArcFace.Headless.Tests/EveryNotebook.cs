using ArcFace.Headless.Checking;

namespace ArcFace.Headless.Tests;

/// <summary>The notebooks of the series and their solutions run from top to bottom: these, one after the other.</summary>
public sealed class EveryNotebook
{
    // From here on they, and all solutions, are the other half of the work.
    private const string FirstOfLaterNotebooks = "10";

    // Images are drawn as finely as the rest of 1.5 MB allows; without a third of it they would be coarse.
    private const long LargestWithoutImages = 2 * FigureImages.LargestNotebook / 3;

    // Readers are promised 60 seconds on two idle cores, which a run's report shows; cores that other programs share need longer.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>The folder of the series.</summary>
    public static string Folder { get; } = FindFolder();

    public static TheoryData<string> Names { get; } = [.. FindNames()];

    public static TheoryData<string> Earlier { get; } = [.. FindNames().Where(IsEarlier)];

    public static TheoryData<string> Later { get; } = [.. FindNames().Where(name => !IsEarlier(name))];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Earlier))]
    public Task Passes(string name) => RunAsync(name);

    internal static async Task RunAsync(string name)
    {
        NotebookResult result = await NotebookRunner.RunAsync(
            Path.Combine(Folder, name), new NotebookRunOptions { Timeout = Limit }, cancellation: TestContext.Current.CancellationToken);

        Assert.Empty(result.FailedCells.Select(cell => cell.DescribeFailure()));
        Assert.Equal(NotebookOutcome.Passed, result.Outcome);
        AssertFitForReadersElsewhere(result.Notebook, name);
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Names))]
    public void Keeps_the_rules(string name)
    {
        NotebookDocument notebook = NotebookDocument.Load(Path.Combine(Folder, name));
        Assert.Empty(NotebookChecker.Check(notebook));
        Assert.Empty(IsLesson(name) ? LengthRules.Check(notebook) : []);
    }

    [Fact]
    public void No_two_notebooks_write_the_same_method()
    {
        Assert.SkipUnless(Directory.Exists(Folder), "the series is not here");
        Assert.Empty(LengthRules.Repeated([.. FindNames().Where(IsLesson).Select(name => NotebookDocument.Load(Path.Combine(Folder, name)))]));
    }

    private static bool IsEarlier(string name) => string.CompareOrdinal(name, FirstOfLaterNotebooks) < 0;

    private static bool IsLesson(string name) => !name.StartsWith("solutions/", StringComparison.Ordinal);

    /// <summary>A document that is read on another machine: nothing of this one, and every figure in the form that editors draw.</summary>
    private static void AssertFitForReadersElsewhere(NotebookDocument executed, string name)
    {
        string[] outputs = [.. executed.Cells.Where(cell => cell.IsCode).Select(cell => cell.Json["outputs"]!.ToJsonString())];
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        Assert.All(outputs, output =>
        {
            Assert.DoesNotContain(Path.GetDirectoryName(Folder)!, output, StringComparison.Ordinal);
            Assert.DoesNotContain(Path.Combine(home, "."), output, StringComparison.Ordinal);
            Assert.DoesNotContain("<script", output, StringComparison.OrdinalIgnoreCase);
        });

        // Where .ci/conformance looks for it, to compare it with what another engine shows.
        string copy = Path.Combine(Path.GetDirectoryName(Folder)!, "artifacts", "executed", name);
        executed.Save(copy);
        Assert.InRange(new FileInfo(copy).Length, 1, LargestWithoutImages);
    }

    private static IEnumerable<string> FindNames() =>
        Directory.EnumerateFiles(Folder, "*.ipynb")
            .Concat(Directory.EnumerateFiles(Path.Combine(Folder, "solutions"), "*.ipynb"))
            .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    private static string FindFolder()
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "ArcFaceNotebooks.sln")))
        {
            root = Path.GetDirectoryName(root);
        }

        return Path.Combine(root ?? throw new InvalidOperationException("The tests do not lie in the repository."), "notebooks");
    }
}
