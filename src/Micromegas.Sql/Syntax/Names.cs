namespace Micromegas.Sql.Syntax;

/// <summary>One name. Unquoted names are folded to lower case (ASCII letters only), quoted ones are kept (spec/sql.md §5.3).</summary>
/// <param name="Value">The name after folding and unquoting: what is looked up.</param>
/// <param name="Quoted">Whether it stood in double quotes, back ticks or, for tables and aliases, single quotes.</param>
public sealed record Identifier(string Value, bool Quoted) : SyntaxNode;

/// <summary>A name of one or more parts: <c>catalog.schema.table</c>.</summary>
/// <param name="Parts">The parts, at least one.</param>
public sealed record QualifiedName(SyntaxList<Identifier> Parts) : SyntaxNode
{
    /// <summary>The last part: the object's own name.</summary>
    public Identifier Last => Parts[Parts.Count - 1];
}
