namespace Micromegas.Sql.Syntax;

/// <summary>A select without WITH, ORDER BY and LIMIT (spec/sql.md §5.2). Pipe operators are rewritten into nested selects by the parser.</summary>
/// <param name="Items">The select list; one bare <see cref="StarExpression"/> for <c>FROM t</c> alone.</param>
public sealed record SelectCore(SyntaxList<SelectItem> Items) : QueryExpression
{
    /// <summary><c>DISTINCT</c> or <c>DISTINCT ON (…)</c>.</summary>
    public DistinctClause? Distinct { get; init; }

    /// <summary>The comma list behind FROM; empty when there is none.</summary>
    public SyntaxList<TableReference> From { get; init; } = [];

    /// <summary>The WHERE condition.</summary>
    public Expression? Where { get; init; }

    /// <summary>The GROUP BY clause.</summary>
    public GroupByClause? GroupBy { get; init; }

    /// <summary>The HAVING condition.</summary>
    public Expression? Having { get; init; }

    /// <summary>The windows of the WINDOW clause.</summary>
    public SyntaxList<WindowDefinition> Windows { get; init; } = [];

    /// <summary>The QUALIFY condition.</summary>
    public Expression? Qualify { get; init; }

    /// <summary>Clauses that are understood but not supported (<c>TOP</c>, <c>SORT BY</c>, <c>LATERAL VIEW</c>, …), to be refused by name.</summary>
    public SyntaxList<UnsupportedClause> Unsupported { get; init; } = [];
}

/// <summary>An item of the select list.</summary>
/// <param name="Expression">The expression or star.</param>
/// <param name="Alias">The alias, with or without AS.</param>
public sealed record SelectItem(Expression Expression, Identifier? Alias) : SyntaxNode;

/// <summary><c>DISTINCT [ON (…)]</c>.</summary>
/// <param name="On">The keys of DISTINCT ON; empty for a plain DISTINCT.</param>
public sealed record DistinctClause(SyntaxList<Expression> On) : SyntaxNode;

/// <summary>A GROUP BY clause.</summary>
/// <param name="Items">The items; empty for <c>GROUP BY ALL</c>.</param>
/// <param name="All">Whether it is <c>GROUP BY ALL</c>: every select item without an aggregate.</param>
public sealed record GroupByClause(SyntaxList<GroupByItem> Items, bool All) : SyntaxNode;

/// <summary>An item of GROUP BY.</summary>
public abstract record GroupByItem : SyntaxNode;

/// <summary>A plain key: an expression, a position or a select alias.</summary>
/// <param name="Expression">The key.</param>
public sealed record GroupByExpression(Expression Expression) : GroupByItem;

/// <summary><c>ROLLUP (…)</c>, <c>CUBE (…)</c>, or a parenthesized list as an element of GROUPING SETS.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Items">
/// For ROLLUP and CUBE the elements, each a <see cref="GroupByExpression"/> or a <see cref="GroupingKind.Set"/> of several keys;
/// for GROUPING SETS the sets, each a key, a set, or a nested ROLLUP, CUBE or GROUPING SETS; for a set its keys, possibly none.
/// </param>
public sealed record GroupingElement(GroupingKind Kind, SyntaxList<GroupByItem> Items) : GroupByItem;

/// <summary>The kinds of grouping elements.</summary>
public enum GroupingKind
{
    /// <summary>A set of keys in parentheses: <c>(a, b)</c> or <c>()</c>.</summary>
    Set,

    /// <summary><c>ROLLUP</c>.</summary>
    Rollup,

    /// <summary><c>CUBE</c>.</summary>
    Cube,

    /// <summary><c>GROUPING SETS</c>.</summary>
    GroupingSets,
}
