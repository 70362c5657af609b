namespace ArcFace.Headless.Tests;

/// <summary>The notebooks of the series and their solutions run from top to bottom, in the time that readers are promised.</summary>
[Collection(nameof(EveryNotebook))]
[CollectionDefinition(nameof(EveryNotebook), DisableParallelization = true)]
public sealed class EveryNotebook
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(90);

    /// <summary>The folder of the series.</summary>
    public static string Folder { get; } = FindFolder();

    public static TheoryData<string> Names { get; } = [.. FindNames()];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Names))]
    public async Task Passes(string name)
    {
        NotebookResult result = await NotebookRunner.RunAsync(
            Path.Combine(Folder, name), new NotebookRunOptions { Timeout = Promised }, cancellation: TestContext.Current.CancellationToken);

        Assert.Empty(result.FailedCells.Select(cell => cell.DescribeFailure()));
        Assert.Equal(NotebookOutcome.Passed, result.Outcome);
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Names))]
    public void Keeps_the_rules(string name) => Assert.Empty(NotebookChecker.Check(NotebookDocument.Load(Path.Combine(Folder, name))));

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
