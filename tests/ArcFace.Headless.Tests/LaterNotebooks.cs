namespace ArcFace.Headless.Tests;

/// <summary>The later notebooks and the solutions: a second row, beside that of <see cref="EveryNotebook"/>.</summary>
public sealed class LaterNotebooks
{
    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(EveryNotebook.Later), MemberType = typeof(EveryNotebook))]
    public Task Passes(string name) => EveryNotebook.RunAsync(name);
}
