namespace ArcFace.Headless;

/// <summary>A notebook as a C# program of one file, which <c>dotnet run FILE.cs</c> runs without any notebook engine.</summary>
/// <remarks>Code cells stand one after the other as top-level statements, text cells between them as comments. What a program orders
/// otherwise is moved: <c>using</c> directives to the top, each once; packages to <c>#:package</c>; types to the end. A cell's last
/// expression is shown by <c>ArcFace.Notebooks.Display.Value</c>. A cell that must fail, and magic commands, become comments.</remarks>
internal static partial class NotebookProgram
{
    // The language as cells have it; the rules of this repository are for its own code.
    private const string Properties = """
        #:property Nullable=disable
        #:property PublishAot=false
        #:property TreatWarningsAsErrors=false
        #:property RunAnalyzers=false
        #:property GenerateDocumentationFile=false
        #:property NoWarn=$(NoWarn);CS0219;CS1998;CS4014;CS8321
        """;

    // What the C# kernel imports, beyond the usings of every project.
    private static readonly string[] KernelUsings = ["using System.Collections;", "using System.Text;"];

    /// <summary>The program, which refers to the library's project by its path from the program's folder.</summary>
    public static string Create(NotebookDocument notebook, string project)
    {
        var packages = new List<string>();
        var usings = new List<string>(KernelUsings);
        var body = new StringBuilder();
        var types = new StringBuilder();
        foreach (NotebookCell cell in notebook.Cells)
        {
            body.Append('\n');
            if (!cell.IsCode || cell.Tags.Contains("raises-exception"))
            {
                Comment(body, cell.Source);
            }
            else
            {
                AddCode(cell.Source, packages, usings, body, types);
            }
        }

        IEnumerable<string> references = packages.Distinct().Select(package => $"#:package {package}");
        string[] head = [$"#:project {project}", .. references, Properties, "", .. usings.Distinct().Order(StringComparer.Ordinal)];
        return $"{string.Join('\n', head)}\n{body}{types}";
    }

    private static void AddCode(string source, List<string> packages, List<string> usings, StringBuilder body, StringBuilder types)
    {
        string code = Directive().Replace(source.ReplaceLineEndings("\n"), directive =>
        {
            packages.AddRange(directive.Groups["package"].Captures.Select(package => package.Value.Trim('"', ' ', '\t').Replace(", ", "@")));
            return "";
        });
        CompilationUnitSyntax root = NotebookCell.SyntaxOf(code);
        var statements = new StringBuilder();
        usings.AddRange(root.Usings.Select(directive => directive.WithoutTrivia().NormalizeWhitespace().ToFullString()));
        statements.AppendJoin("", root.Usings.Select(directive => directive.GetLeadingTrivia().ToFullString()));
        foreach (MemberDeclarationSyntax member in root.Members)
        {
            if (member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)
            {
                types.Append('\n').Append(member.ToFullString().Trim('\n')).Append('\n');
            }
            else if (member is GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } last })
            {
                string shown = $"ArcFace.Notebooks.Display.Value(() => {last.Expression.WithoutTrivia().ToFullString()});";
                statements.Append(last.GetLeadingTrivia()).Append(shown).Append(last.Expression.GetTrailingTrivia()).Append('\n');
            }
            else
            {
                statements.Append(member.ToFullString());
            }
        }

        statements.Append(root.EndOfFileToken.LeadingTrivia.ToFullString());
        body.Append(statements.ToString().Trim()).Append('\n');
    }

    private static void Comment(StringBuilder body, string text) => body.AppendJoin(
        "", text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Select(line => $"{$"// {line}".TrimEnd()}\n"));

    [GeneratedRegex("""^[ \t]*#(?:!|r (?:"nuget:(?<package>.*))?).*""", RegexOptions.Multiline)]
    private static partial Regex Directive();
}
