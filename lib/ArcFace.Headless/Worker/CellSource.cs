using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ArcFace.Headless.Worker;

/// <summary>A cell taken apart: its directives, and the C# that is left, every line in its old place.</summary>
internal sealed class CellSource
{
    internal const string AllowedDirectives = "allowed are: #!import <path of a .dib file>, and #r \"<absolute path of a .dll>\"";

    private static readonly CSharpParseOptions ScriptSyntax = CSharpParseOptions.Default.WithKind(SourceCodeKind.Script);

    private CellSource(IReadOnlyList<CellDirective> directives, string code)
    {
        Directives = directives;
        Code = code;
    }

    public IReadOnlyList<CellDirective> Directives { get; }

    public string Code { get; }

    /// <summary>Finds the directives by the C# grammar, so that a string that looks like one is left alone.</summary>
    public static CellSource Parse(string source)
    {
        SyntaxNode root = CSharpSyntaxTree.ParseText(source, ScriptSyntax).GetRoot();
        char[] code = source.ToCharArray();
        var directives = new List<CellDirective>();
        foreach (DirectiveTriviaSyntax directive in root.DescendantNodes(descendIntoTrivia: true).OfType<DirectiveTriviaSyntax>())
        {
            if (!IsOurs(directive.Kind()) || !directive.IsActive)
            {
                continue;
            }

            int start = directive.HashToken.SpanStart;
            int end = source.AsSpan(start).IndexOfAny('\r', '\n') is int length and >= 0 ? start + length : source.Length;
            directives.Add(new CellDirective(source[start..end].Trim(), LineAt(source, start)));
            code.AsSpan(start, end - start).Fill(' ');
        }

        return new CellSource(directives, new string(code));
    }

    private static bool IsOurs(SyntaxKind kind) => kind is SyntaxKind.ShebangDirectiveTrivia or SyntaxKind.BadDirectiveTrivia
        or SyntaxKind.ReferenceDirectiveTrivia or SyntaxKind.LoadDirectiveTrivia;

    private static int LineAt(string source, int position) => 1 + source.AsSpan(0, position).Count('\n');
}

/// <summary>A line that speaks to the engine and not to the compiler.</summary>
/// <param name="Text">The line, trimmed.</param>
/// <param name="Line">Where it stands in the cell, from 1.</param>
internal sealed record CellDirective(string Text, int Line)
{
    /// <summary>The path of an <c>#!import</c>, or null.</summary>
    public string? ImportPath => ArgumentOf("#!import");

    /// <summary>The quoted path of an <c>#r</c>, or null.</summary>
    public string? ReferencePath => ArgumentOf("#r") is ['"', .. string path, '"'] ? path : null;

    private string? ArgumentOf(string name)
    {
        if (!Text.StartsWith(name, StringComparison.Ordinal) || Text.Length == name.Length || !char.IsWhiteSpace(Text[name.Length]))
        {
            return null;
        }

        string argument = Text[name.Length..].Trim();
        return argument.Length > 0 ? argument : null;
    }
}
