using System.Diagnostics;

namespace ArcFace.Headless.Tests.Book;

/// <summary>What the command leaves behind when it does not come to its end.</summary>
public sealed class BookCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Ctrl_C_leaves_the_book_that_was_there_and_nothing_half_written()
    {
        Signals.SkipWhenIgnored(Signals.Interrupt);
        _folder.Write("book/public/docfx.min.js", "");
        _folder.Write("book/index.html", "yesterday's");
        using Process host = HostProcess.Start(_folder, "book", "--executed", ".", "--output", "book");
        Task<string> error = host.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (!host.HasExited && Directory.GetDirectories(_folder.Root, "book.*.tmp").Length == 0)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.SkipWhen(host.HasExited, host.HasExited ? await error : "");
        Assert.Equal(0, Signals.Send(host.Id, Signals.Interrupt));
        await host.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Interrupted, host.ExitCode);
        Assert.Equal("yesterday's", File.ReadAllText(_folder.At("book/index.html")));
        Assert.Equal([_folder.At("book")], Directory.GetFileSystemEntries(_folder.Root));
    }

    [Fact]
    public async Task A_folder_that_holds_something_else_is_not_replaced()
    {
        _folder.Write("photographs/me.jpg", "");

        (int code, _, string error) = await HostProcess.RunAsync(_folder, "book", "--executed", ".", "--output", "photographs");

        Assert.Equal(ExitCode.BadArguments, code);
        Assert.Contains("is no book", error, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.At("photographs/me.jpg")));
    }

    [Fact]
    public async Task Where_docfx_is_not_restored_the_message_says_how()
    {
        var elsewhere = new Dictionary<string, string> { ["DOTNET_CLI_HOME"] = _folder.At("home"), ["DOTNET_NOLOGO"] = "1" };

        (int code, _, string error) = await HostProcess.RunWithAsync(_folder, elsewhere, "book", "--executed", ".", "--output", "book");

        Assert.Equal(ExitCode.BadArguments, code);
        Assert.Contains("run 'dotnet tool restore' in the repository", error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
