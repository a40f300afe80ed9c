namespace Micromegas.Sql.Syntax;

/// <summary>A node of the syntax tree. Nodes are immutable and compare by structure; where they stand in the text does not count.</summary>
public abstract record SyntaxNode
{
    private SourceSpan _span;

    /// <summary>Where the node stands in the statement's text; empty for nodes that were made rather than parsed.</summary>
    public SourceSpan Span { get => _span; init => _span = value; }

    /// <summary>Whether the other node has the same kind; derived records add their members. The span is left out on purpose.</summary>
    public virtual bool Equals(SyntaxNode? other) => other is not null && EqualityContract == other.EqualityContract;

    /// <summary>For the parser, which knows the end of a node only after making it.</summary>
    internal void Locate(SourceSpan span) => _span = span;

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();

    /// <summary>The node as SQL.</summary>
    public sealed override string ToString() => SqlPrinter.Print(this);
}
