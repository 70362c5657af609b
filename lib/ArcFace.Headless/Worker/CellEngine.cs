using System.Runtime.CompilerServices;
using System.Text;
using ArcFace.Headless.Documents;
using ArcFace.Headless.Protocol;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Scripting.Hosting;

namespace ArcFace.Headless.Worker;

/// <summary>Compiles and runs cells one after the other; what a cell declares, the next ones see.</summary>
internal sealed class CellEngine : IDisposable
{
    // What .NET Interactive imports before the first cell.
    private static readonly string[] Imports =
    [
        "System", "System.IO", "System.Text", "System.Collections", "System.Collections.Generic", "System.Linq",
        "System.Threading.Tasks",
    ];

    private readonly MessageWriter _messages;
    private readonly InteractiveAssemblyLoader _scriptLoader = new();
    private readonly ReferenceLoader _references;
    private readonly Stack<string> _importing = new();
    private ScriptOptions _options;
    private ScriptState<object>? _state;

    public CellEngine(MessageWriter messages)
    {
        _messages = messages;
        _references = new ReferenceLoader(_scriptLoader);
        _options = ScriptOptions.Default
            .WithReferences(FrameworkReferences.Load())
            .WithImports(Imports)
            .WithMetadataResolver(ScriptMetadataResolver.Default.WithSearchPaths())
            // Optimised, since naive loops are what notebooks time; with line numbers, since errors must name them.
            .WithOptimizationLevel(OptimizationLevel.Release)
            .WithEmitDebugInformation(true)
            .WithFileEncoding(Encoding.UTF8);
    }

    /// <summary>Runs one cell. What it shows and how it fails goes to the host.</summary>
    /// <param name="source">The cell as the reader wrote it.</param>
    /// <param name="name">What stack traces call it.</param>
    public async Task RunAsync(string source, string name)
    {
        try
        {
            await RunSourceAsync(source, name, Environment.CurrentDirectory);
        }
        catch (CellException exception)
        {
            _messages.Write(MessageKind.Error, PayloadContext.Encode(exception.Error));
        }
    }

    public void Dispose() => _scriptLoader.Dispose();

    private async Task RunSourceAsync(string source, string name, string folder)
    {
        CellSource cell = CellSource.Parse(source);
        foreach (CellDirective directive in cell.Directives)
        {
            await ObeyAsync(directive, folder);
        }

        Script<object> script = _state is null
            ? CSharpScript.Create<object>(cell.Code, _options.WithFilePath(name), assemblyLoader: _scriptLoader)
            : _state.Script.ContinueWith<object>(cell.Code, _options.WithFilePath(name));
        Diagnostic[] errors = [.. script.Compile().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];
        if (errors.Length > 0)
        {
            throw CellException.FromCompiler(errors);
        }

        Exception? failure = null;
        bool Remember(Exception exception)
        {
            failure = exception;
            return true;
        }

        // A cell that fails halfway keeps what it declared until then.
        _state = _state is null ? await script.RunAsync(null, Remember) : await script.RunFromAsync(_state, Remember);
        if (failure is not null)
        {
            throw CellException.FromThrown(failure, name);
        }

        ShowResult(script, _state.ReturnValue, name);
    }

    private void ShowResult(Script script, object? value, string name)
    {
        if (value is null && !TrailingExpression.HasValue(script))
        {
            return;
        }

        try
        {
            _messages.Write(MessageKind.Result, PayloadContext.Encode(ValueFormatter.Format(value)));
        }
        catch (Exception exception)
        {
            throw CellException.FromThrown(exception, name);
        }
    }

    private async Task ObeyAsync(CellDirective directive, string folder)
    {
        if (directive.ImportPath is { } import && Path.GetExtension(import) == ".dib")
        {
            await ImportAsync(Path.GetFullPath(import, folder), directive);
        }
        else if (directive.ReferencePath is { } reference && Path.IsPathFullyQualified(reference))
        {
            Refer(reference, directive);
        }
        else
        {
            throw CellException.FromDirective(
                "DirectiveNotAllowed", directive, $"'{directive.Text}' is not allowed here; {CellSource.AllowedDirectives}");
        }
    }

    private async Task ImportAsync(string path, CellDirective directive)
    {
        if (!File.Exists(path))
        {
            throw CellException.FromDirective(
                "ImportNotFound", directive, $"{path} does not exist. The build of the library writes it: run 'dotnet build' first");
        }

        if (_importing.Contains(path))
        {
            throw CellException.FromDirective("ImportCycle", directive, $"{path} imports itself");
        }

        _importing.Push(path);
        try
        {
            string code = DibDocument.ReadCSharp(await File.ReadAllTextAsync(path));
            await RunSourceAsync(code, path, Path.GetDirectoryName(path)!);
        }
        catch (FormatException exception)
        {
            throw CellException.FromDirective("ImportNotReadable", directive, $"{path}, {exception.Message}");
        }
        catch (CellException exception)
        {
            CellError error = exception.Error;
            string place = error.Line is { } line ? $"{path}, line {line}" : path;
            throw new CellException(error with { Message = $"{place}: {error.Message}", Line = directive.Line });
        }
        finally
        {
            _importing.Pop();
        }
    }

    private void Refer(string path, CellDirective directive)
    {
        if (!File.Exists(path))
        {
            throw CellException.FromDirective(
                "ReferenceNotFound", directive, $"{path} does not exist. If it is the library, run 'dotnet build' first");
        }

        try
        {
            _options = _options.AddReferences(_references.Load(path));
        }
        catch (BadImageFormatException exception)
        {
            throw CellException.FromDirective("ReferenceNotReadable", directive, $"{path} is not a .NET assembly: {exception.Message}");
        }

        if (Path.GetFileNameWithoutExtension(path) == "ArcFace.Notebooks")
        {
            RegisterDisplay();
        }
    }

    // Not inlined: its caller is compiled before the library is loaded, and LibraryDisplay cannot even be named without it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RegisterDisplay() => LibraryDisplay.Register(_messages);
}
