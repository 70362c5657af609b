using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(ArcFace.Headless.Tests.NotebooksFirst))]

namespace ArcFace.Headless.Tests;

/// <summary>Starts with the two rows of notebooks, which take longest: what comes after them fills the cores to the end.</summary>
public sealed class NotebooksFirst : ITestCollectionOrderer
{
    private static readonly string[] Long = [nameof(EveryNotebook), nameof(LaterNotebooks)];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(collection => Long.Any(name => collection.TestCollectionDisplayName.Contains($".{name}", StringComparison.Ordinal)))
            .ThenBy(collection => collection.TestCollectionDisplayName, StringComparer.Ordinal)];
}
