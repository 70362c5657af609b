using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.DotNet.Interactive.Formatting;

namespace ArcFace.Notebooks.Tests;

/// <summary>
/// Assemblies with the names and signatures by which notebook engines are found, compiled here. Each writes down what it is asked to
/// show, as <c>Log.Lines</c>. The stand-in for .NET Interactive formats as the engine does: with the engine's own formatters.
/// </summary>
internal sealed class StandInEngine : IDisposable
{
    public const string Log = """
        public static class Log { public static readonly System.Collections.Generic.List<string> Lines = new(); }
        """;

    public const string Interactive = Log + """
        namespace Microsoft.DotNet.Interactive
        {
            using System;
            using System.Linq;
            using Microsoft.DotNet.Interactive.Formatting;

            public class DisplayedValue
            {
                private readonly string[] _mimeTypes;
                public DisplayedValue(string[] mimeTypes) => _mimeTypes = mimeTypes;
                public void Update(object value) => Write("update", value);
                public void Write(string what, object value)
                {
                    foreach (string mimeType in _mimeTypes) Log.Lines.Add($"{what} {mimeType} {value.ToDisplayString(mimeType)}");
                }
            }

            public class Kernel
            {
                public static DisplayedValue display(object value, params string[] mimeTypes)
                {
                    if (mimeTypes.Length == 0) mimeTypes = Formatter.GetPreferredMimeTypesFor(value?.GetType()).ToArray();
                    var shown = new DisplayedValue(mimeTypes);
                    shown.Write("display", value);
                    return shown;
                }
            }
        }
        """;

    public const string ClrKernel = Log + """
        namespace ClrKernel.Core.Primitives
        {
            public static class DisplayValues
            {
                public static void DisplayHtml(object value) => Log.Lines.Add("html " + value);
            }
        }
        """;

    public const string Verso = Log + """
        namespace Verso.Abstractions
        {
            public static class DisplayExtensions
            {
                public static void Display(this object value, string mimeType) => Log.Lines.Add(mimeType + " " + value);
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
            typeof(Formatter).Assembly.Location,
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
