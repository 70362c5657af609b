using System.Reactive.Disposables;
using System.Reflection;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Utility;

namespace ArcFace.Headless.Worker;

/// <summary>The kernel of .NET Interactive, which Polyglot Notebooks and the tool <c>dotnet-interactive</c> run cells on. What a cell shows
/// and how it fails goes to the host.</summary>
internal sealed class KernelEngine : IDisposable
{
    // The kernel compiles without line numbers and has no setting for it. Without this field, errors only lack their line.
    private static readonly FieldInfo? OptionsField =
        typeof(CSharpKernel).GetField("_scriptOptions", BindingFlags.Instance | BindingFlags.NonPublic);

    private readonly string _folder = Directory.GetCurrentDirectory();
    private readonly Stream _messages;
    private readonly CSharpKernel _csharp = new();
    private readonly CompositeKernel _kernel;

    // The kernel puts a console of its own in place for every cell, which loses what other threads write, unless there is one already.
    private readonly IDisposable _console = ConsoleOutput.Subscribe(_ => Disposable.Empty);
    private IReadOnlyList<Source> _sources = [];
    private Source _place = Imports.Nowhere;
    private CellFailure? _error;

    public KernelEngine(Stream messages)
    {
        _messages = messages;
        _csharp.AddMiddleware(RunScriptAsync, nameof(RunScriptAsync));
        _kernel = new CompositeKernel { _csharp.UseKernelHelpers() }.UseImportMagicCommand();
        _kernel.DefaultKernelName = _csharp.Name;
        _kernel.KernelEvents.Subscribe(On);
    }

    /// <summary>Has the compiler's own code compiled on another core, while the kernel puts itself together: the first cell then comes a
    /// second earlier.</summary>
    public static void WarmUp() => Task.Run(() => CSharpScript.RunAsync("1", ScriptOptions.Default.AddImports("System")));

    /// <summary>Runs one cell, which stack traces call by <paramref name="name"/>.</summary>
    public async Task RunAsync(string source, string name)
    {
        _error = null;
        _place = Imports.Nowhere;
        try
        {
            _sources = Imports.Follow(new Source(name, source));
            await _kernel.SendAsync(new SubmitCode(source));
        }
        catch (CellException exception)
        {
            _error = exception.Error;
        }
        catch (Exception exception)
        {
            // Whatever the kernel could not make an event of, such as an exception that cannot be printed.
            _error ??= CellErrors.FromThrown(exception, _place);
        }

        KeepWorkingFolder();
        if (_error is not null)
        {
            _messages.Send(_error);
        }
    }

    public void Dispose()
    {
        _kernel.Dispose();
        _console.Dispose();
    }

    // A cell with directives, or an import, reaches the C# kernel in parts.
    private async Task RunScriptAsync(KernelCommand command, KernelInvocationContext context, KernelPipelineContinuation next)
    {
        if (command is not SubmitCode submission)
        {
            await next(command, context);
            return;
        }

        _place = Imports.Find(submission.Code, _sources);
        if (OptionsField?.GetValue(_csharp) is ScriptOptions options)
        {
            OptionsField.SetValue(_csharp, options.WithEmitDebugInformation(true).WithFileEncoding(Encoding.UTF8).WithFilePath(_place.Name));
        }

        ScriptState before = _csharp.ScriptState;
        try
        {
            await next(command, context);
        }
        finally
        {
            // What is thrown inside an import, or cannot be printed, the kernel loses.
            if (!ReferenceEquals(before, _csharp.ScriptState) && _csharp.ScriptState?.Exception is { } thrown)
            {
                _error ??= CellErrors.FromThrown(thrown, _place);
            }
        }
    }

    // Without a working folder, the kernel would fail every cell that follows.
    private void KeepWorkingFolder()
    {
        try
        {
            _ = Directory.GetCurrentDirectory();
        }
        catch (IOException)
        {
            _error ??= CellErrors.FromText("the working folder is gone; the next cells run in that of the notebook, or in the temporary folder");
            Directory.SetCurrentDirectory(Directory.Exists(_folder) ? _folder : Path.GetTempPath());
        }
    }

    private void On(KernelEvent happened)
    {
        ShownValue? value = happened switch
        {
            DisplayedValueProduced shown => ShownValues.Of(shown, ShownAs.Display),
            DisplayedValueUpdated changed => ShownValues.Of(changed, ShownAs.Update),
            ReturnValueProduced returned => ShownValues.Of(returned, ShownAs.Result),
            _ => null,
        };
        if (value is not null)
        {
            _messages.Send(value);
        }

        _error ??= happened switch
        {
            DiagnosticsProduced produced => CellErrors.FromCompiler(produced.Diagnostics, _place),
            CommandFailed { Exception: { } exception } => CellErrors.FromThrown(exception, _place),
            CommandFailed failed => CellErrors.FromText(failed.Message),
            ErrorProduced produced => CellErrors.FromText(produced.Message),
            _ => null,
        };
    }
}
