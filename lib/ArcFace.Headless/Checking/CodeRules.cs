namespace ArcFace.Headless.Checking;

/// <summary>The C# that means the same on every engine.</summary>
internal static partial class CodeRules
{
    private const string FirstCell = "#!import ./setup.dib";

    public static IEnumerable<Finding> Check(NotebookDocument notebook)
    {
        NotebookCell[] cells = [.. notebook.Cells.Where(cell => cell.IsCode)];
        if (cells is not [{ Source: FirstCell }, ..])
        {
            yield return new Finding(cells.FirstOrDefault()?.Position, $"the first code cell must be '{FirstCell}' and nothing else");
        }

        var declared = new HashSet<string>();
        foreach (NotebookCell cell in cells)
        {
            foreach (Match directive in Directive().Matches(cell.Source).Where(_ => cell != cells[0]))
            {
                int line = 1 + cell.Source.AsSpan(0, directive.Index).Count('\n');
                yield return new Finding(cell.Position,
                    $"line {line}: '{directive.Value.Trim()}' is not allowed; '{FirstCell}' in a cell of its own is the only directive");
            }

            SyntaxNode[] nodes = [.. NotebookCell.SyntaxOf(Directive().Replace(cell.Source, "")).DescendantNodes()];
            declared.UnionWith(nodes.Select(DeclaredName).OfType<string>());
            foreach (SyntaxNode node in nodes)
            {
                if (ForbiddenReason(node, declared) is { } reason)
                {
                    yield return new Finding(cell.Position, $"line {1 + node.GetLocation().GetLineSpan().StartLinePosition.Line}: {reason}");
                }
            }
        }
    }

    private static string? ForbiddenReason(SyntaxNode node, HashSet<string> declared) => node switch
    {
        InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "display" or "HTML" } name } =>
            $"{name.Identifier.Text}() is there on one engine only; use the library's Show()",
        IdentifierNameSyntax { Identifier.Text: "Formatter" } => "Formatter is there on one engine only; use the library's Show()",
        IdentifierNameSyntax { Identifier.Text: "dynamic" } => "'dynamic' does not work on every engine; name the type",
        MemberAccessExpressionSyntax { Name.Identifier.Text: "Error", Expression: var owner } when IsConsole(owner) =>
            "Console.Error is not shown on every engine; use Console.WriteLine",
        BaseNamespaceDeclarationSyntax => "a cell cannot declare a namespace; the library is the place for it",
        ParameterSyntax parameter when parameter.Modifiers.Any(SyntaxKind.ThisKeyword) =>
            "a cell cannot declare an extension method on every engine; write a plain method, or put it into the library",
        _ when IsUsingDeclaration(node) => "'using var' at the top of a cell does not work on every engine; use a block: using (…) { … }",
        IdentifierNameSyntax { Identifier.Text: "args" } when !declared.Contains("args") => "there is no 'args' on every engine",
        _ => null,
    };

    // At the top of a script the grammar takes it for a using directive that lacks its end.
    private static bool IsUsingDeclaration(SyntaxNode node) => node switch
    {
        UsingDirectiveSyntax directive => directive.SemicolonToken.IsMissing,
        GlobalStatementSyntax { Statement: LocalDeclarationStatementSyntax declaration } => declaration.UsingKeyword.RawKind != 0,
        _ => false,
    };

    private static bool IsConsole(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax name => name.Identifier.Text == "Console",
        MemberAccessExpressionSyntax member => member.Name.Identifier.Text == "Console",
        _ => false,
    };

    private static string? DeclaredName(SyntaxNode node) => node switch
    {
        VariableDeclaratorSyntax variable => variable.Identifier.Text,
        ParameterSyntax parameter => parameter.Identifier.Text,
        SingleVariableDesignationSyntax designation => designation.Identifier.Text,
        ForEachStatementSyntax loop => loop.Identifier.Text,
        _ => null,
    };

    // .NET Interactive goes by lines: what begins so is a directive inside of a string or a comment too.
    [GeneratedRegex(@"^[ \t]*#(?:!|(?:r|i|load)\b).*", RegexOptions.Multiline)]
    private static partial Regex Directive();
}
