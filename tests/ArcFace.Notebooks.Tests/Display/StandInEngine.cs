using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ArcFace.Notebooks.Tests;

/// <summary>
/// Assemblies with the names and signatures by which notebook engines are found, compiled here. Each writes down what it is asked to
/// show, as <c>Log.Lines</c>.
/// </summary>
internal sealed class StandInEngine : IDisposable
{
    public const string Log = """
        public static class Log { public static readonly System.Collections.Generic.List<string> Lines = new(); }
        """;

    public const string ClrKernelName = "ClrKernel.Core.Primitives";

    public const string ClrKernel = Log + """
        namespace ClrKernel.Core.Primitives
        {
            public record DisplayCell(string DisplayId);
            public static class DisplayValues
            {
                public static DisplayCell DisplayHtml(this object value) { Log.Lines.Add("html " + value); return new DisplayCell(Log.Lines.Count.ToString()); }
                public static DisplayCell UpdateHtml(this DisplayCell cell, object value) { Log.Lines.Add($"update of {cell.DisplayId} {value}"); return cell; }
            }
        }
        """;

    public const string VersoName = "Verso.Abstractions";

    public const string Verso = Log + """
        namespace Verso.Abstractions
        {
            public static class DisplayExtensions
            {
                public static void Display(this object value, string mimeType = null) => Log.Lines.Add(mimeType + " " + value);
            }
        }
        """;

    private static readonly CSharpCompilationOptions Library = new(OutputKind.DynamicallyLinkedLibrary);
    private readonly AssemblyLoadContext _context = new(nameof(StandInEngine), isCollectible: true);

    /// <param name="name">The assembly's name.</param>
    /// <param name="source">What it holds.</param>
    public StandInEngine(string name, string source)
    {
        string[] references =
        [
            .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal)
                    || Path.GetFileName(path) is "netstandard.dll" or "mscorlib.dll"),
        ];
        CSharpCompilation compilation = CSharpCompilation.Create(
            name, [CSharpSyntaxTree.ParseText(source)], references.Select(path => MetadataReference.CreateFromFile(path)), Library);
        using var image = new MemoryStream();
        Assert.Empty(compilation.Emit(image).Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        image.Position = 0;
        Assembly = _context.LoadFromStream(image);
    }

    public Assembly Assembly { get; }

    public List<string> Lines => (List<string>)Assembly.GetType("Log")!.GetField("Lines")!.GetValue(null)!;

    public void Dispose() => _context.Unload();
}
