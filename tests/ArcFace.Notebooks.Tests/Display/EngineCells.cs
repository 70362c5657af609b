using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.Events;

namespace ArcFace.Notebooks.Tests;

/// <summary>Cells on the C# kernel of .NET Interactive itself, with the library loaded as a notebook's <c>setup.dib</c> loads it.</summary>
internal sealed class EngineCells : IDisposable, IObserver<KernelEvent>
{
    private readonly CompositeKernel _kernel;
    private readonly IDisposable _subscription;

    public EngineCells()
    {
        _kernel = new CompositeKernel { new CSharpKernel().UseKernelHelpers() }.UseImportMagicCommand();
        _kernel.DefaultKernelName = "csharp";
        _subscription = _kernel.KernelEvents.Subscribe(this);
        Notebooks.Display.FindAgain();
    }

    /// <summary>What was shown: <c>display</c>, <c>update</c> or <c>return</c>, a form's MIME type, and its content.</summary>
    public List<(string What, string MimeType, string Content)> Shown { get; } = [];

    public static async Task<EngineCells> StartAsync()
    {
        var cells = new EngineCells();
        await cells.RunAsync(File.ReadAllText(SetupFile()).Split("#!csharp")[1]);
        await cells.RunAsync("using ArcFace.Notebooks; using ArcFace.Notebooks.Charts; using Plotly.NET.CSharp;");
        return cells;
    }

    public async Task RunAsync(string code)
    {
        KernelCommandResult result = await _kernel.SendAsync(new SubmitCode(code), TestContext.Current.CancellationToken);
        Assert.All(result.Events, e => Assert.False(e is CommandFailed, (e as CommandFailed)?.Message));
    }

    public void OnNext(KernelEvent value)
    {
        string? what = value switch
        {
            DisplayedValueProduced => "display",
            DisplayedValueUpdated => "update",
            ReturnValueProduced => "return",
            _ => null,
        };
        if (what is not null)
        {
            Shown.AddRange(((DisplayEvent)value).FormattedValues.Select(form => (what, form.MimeType, form.Value)));
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose()
    {
        _subscription.Dispose();
        _kernel.Dispose();
    }

    private static string SetupFile()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "notebooks", "setup.dib")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return Path.Combine(folder!, "notebooks", "setup.dib");
    }
}
