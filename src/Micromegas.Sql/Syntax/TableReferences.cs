namespace Micromegas.Sql.Syntax;

/// <summary>Something behind FROM.</summary>
public abstract record TableReference : SyntaxNode;

/// <summary><c>[AS] name [(columns)]</c> behind a table.</summary>
/// <param name="Name">The name.</param>
/// <param name="Columns">The new column names; empty when not given.</param>
public sealed record TableAlias(Identifier Name, SyntaxList<Identifier> Columns) : SyntaxNode;

/// <summary>A table, view or common table expression by name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Alias">The alias.</param>
public sealed record NamedTable(QualifiedName Name, TableAlias? Alias) : TableReference;

/// <summary>A call of a table function.</summary>
/// <param name="Name">The function.</param>
/// <param name="Arguments">The arguments, by position or by name.</param>
/// <param name="Alias">The alias.</param>
public sealed record TableFunctionCall(QualifiedName Name, SyntaxList<FunctionArgument> Arguments, TableAlias? Alias) : TableReference
{
    /// <summary>Whether LATERAL precedes it.</summary>
    public bool Lateral { get; init; }

    /// <summary>Whether <c>WITH ORDINALITY</c> follows; not implemented upstream.</summary>
    public bool WithOrdinality { get; init; }
}

/// <summary>A query in parentheses.</summary>
/// <param name="Query">The query.</param>
/// <param name="Alias">The alias; optional.</param>
public sealed record DerivedTable(Query Query, TableAlias? Alias) : TableReference
{
    /// <summary>Whether LATERAL precedes it.</summary>
    public bool Lateral { get; init; }
}

/// <summary><c>UNNEST(a, b)</c> in FROM.</summary>
/// <param name="Expressions">The lists or structs.</param>
/// <param name="Alias">The alias.</param>
public sealed record UnnestTable(SyntaxList<Expression> Expressions, TableAlias? Alias) : TableReference
{
    /// <summary>Whether LATERAL precedes it.</summary>
    public bool Lateral { get; init; }

    /// <summary>Whether <c>WITH ORDINALITY</c> follows; not implemented upstream.</summary>
    public bool WithOrdinality { get; init; }

    /// <summary>Whether <c>WITH OFFSET</c> follows; not implemented upstream.</summary>
    public bool WithOffset { get; init; }

    /// <summary>The alias behind <c>WITH OFFSET</c>.</summary>
    public Identifier? OffsetAlias { get; init; }
}

/// <summary>Tables in parentheses: <c>(a JOIN b ON …)</c>.</summary>
/// <param name="Inner">The tables.</param>
/// <param name="Alias">The alias of the whole.</param>
public sealed record ParenthesizedTable(TableReference Inner, TableAlias? Alias) : TableReference;

/// <summary>A join. Joins associate left.</summary>
/// <param name="Left">The left side.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Right">The right side.</param>
/// <param name="Condition">The condition; null for CROSS joins and where none was written.</param>
public sealed record JoinedTable(TableReference Left, JoinKind Kind, TableReference Right, JoinCondition? Condition) : TableReference;

/// <summary>The kinds of join.</summary>
public enum JoinKind
{
    /// <summary><c>[INNER] JOIN</c>.</summary>
    Inner,

    /// <summary><c>LEFT [OUTER] JOIN</c>.</summary>
    Left,

    /// <summary><c>RIGHT [OUTER] JOIN</c>.</summary>
    Right,

    /// <summary><c>FULL [OUTER] JOIN</c>.</summary>
    Full,

    /// <summary><c>CROSS JOIN</c>.</summary>
    Cross,

    /// <summary><c>[LEFT] SEMI JOIN</c>.</summary>
    LeftSemi,

    /// <summary><c>RIGHT SEMI JOIN</c>.</summary>
    RightSemi,

    /// <summary><c>[LEFT] ANTI JOIN</c>.</summary>
    LeftAnti,

    /// <summary><c>RIGHT ANTI JOIN</c>.</summary>
    RightAnti,

    /// <summary><c>ASOF JOIN</c>; not implemented upstream.</summary>
    AsOf,

    /// <summary><c>CROSS APPLY</c>; not implemented upstream.</summary>
    CrossApply,

    /// <summary><c>OUTER APPLY</c>; not implemented upstream.</summary>
    OuterApply,
}

/// <summary>The condition of a join.</summary>
public abstract record JoinCondition : SyntaxNode;

/// <summary><c>ON condition</c>.</summary>
/// <param name="Condition">Any boolean expression.</param>
public sealed record JoinOn(Expression Condition) : JoinCondition;

/// <summary><c>USING (columns)</c>.</summary>
/// <param name="Columns">The columns, at least one.</param>
public sealed record JoinUsing(SyntaxList<Identifier> Columns) : JoinCondition;

/// <summary><c>NATURAL</c>: all columns of equal name.</summary>
public sealed record JoinNatural : JoinCondition;

/// <summary>A table with a suffix that is not supported: TABLESAMPLE, PIVOT, UNPIVOT, MATCH_RECOGNIZE.</summary>
/// <param name="Source">The table.</param>
/// <param name="Clause">The suffix.</param>
public sealed record UnsupportedTable(TableReference Source, UnsupportedClause Clause) : TableReference;
