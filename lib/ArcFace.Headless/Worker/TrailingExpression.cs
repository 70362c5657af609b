using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;

namespace ArcFace.Headless.Worker;

/// <summary>Tells a cell that ends on an expression whose value is null from a cell that ends on a statement.</summary>
internal static class TrailingExpression
{
    public static bool HasValue(Script script)
    {
        Compilation compilation = script.GetCompilation();
        SyntaxTree tree = compilation.SyntaxTrees.Single();
        return tree.GetRoot() is CompilationUnitSyntax { Members: [.., GlobalStatementSyntax end] }
            && end.Statement is ExpressionStatementSyntax last
            && last.SemicolonToken.IsMissing
            && compilation.GetSemanticModel(tree).GetTypeInfo(last.Expression).Type?.SpecialType != SpecialType.System_Void;
    }
}
