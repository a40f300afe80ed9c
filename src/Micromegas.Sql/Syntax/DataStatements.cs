namespace Micromegas.Sql.Syntax;

/// <summary><c>INSERT INTO|OVERWRITE table [(columns)] query | DEFAULT VALUES</c>.</summary>
/// <param name="Table">The table.</param>
/// <param name="Columns">The columns; empty when not given.</param>
/// <param name="Source">The rows; null for DEFAULT VALUES.</param>
public sealed record InsertStatement(QualifiedName Table, SyntaxList<Identifier> Columns, Query? Source) : Statement
{
    /// <summary>The alias of the table.</summary>
    public Identifier? Alias { get; init; }

    /// <summary>Whether it is INSERT OVERWRITE.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Whether it is REPLACE INTO or INSERT OR REPLACE.</summary>
    public bool Replace { get; init; }

    /// <summary>The text of ON CONFLICT; not implemented upstream.</summary>
    public UnsupportedClause? OnConflict { get; init; }

    /// <summary>The items of RETURNING; not implemented upstream.</summary>
    public SyntaxList<SelectItem> Returning { get; init; } = [];
}

/// <summary><c>UPDATE table SET c = e, … [FROM …] [WHERE …]</c>.</summary>
/// <param name="Table">The table; a <see cref="NamedTable"/> or, in other dialects, a join.</param>
/// <param name="Assignments">The assignments, at least one.</param>
public sealed record UpdateStatement(TableReference Table, SyntaxList<Assignment> Assignments) : Statement
{
    /// <summary>The tables of FROM.</summary>
    public SyntaxList<TableReference> From { get; init; } = [];

    /// <summary>The WHERE condition.</summary>
    public Expression? Where { get; init; }

    /// <summary>The items of RETURNING.</summary>
    public SyntaxList<SelectItem> Returning { get; init; } = [];
}

/// <summary>An assignment of UPDATE.</summary>
/// <param name="Column">The column.</param>
/// <param name="Value">The value; may be <see cref="DefaultValueExpression"/>.</param>
public sealed record Assignment(QualifiedName Column, Expression Value) : SyntaxNode;

/// <summary><c>DELETE FROM table [USING …] [WHERE …]</c>.</summary>
/// <param name="Table">The table.</param>
public sealed record DeleteStatement(TableReference Table) : Statement
{
    /// <summary>The tables of USING.</summary>
    public SyntaxList<TableReference> Using { get; init; } = [];

    /// <summary>The WHERE condition.</summary>
    public Expression? Where { get; init; }

    /// <summary>The items of RETURNING.</summary>
    public SyntaxList<SelectItem> Returning { get; init; } = [];
}

/// <summary><c>TRUNCATE [TABLE] name, …</c>.</summary>
/// <param name="Tables">The tables, at least one.</param>
public sealed record TruncateStatement(SyntaxList<QualifiedName> Tables) : Statement;

/// <summary><c>COPY table | (query) TO 'path' [STORED AS format] [PARTITIONED BY (…)] [OPTIONS (…)]</c>.</summary>
/// <param name="Table">The table; null for a query.</param>
/// <param name="Query">The query; null for a table.</param>
/// <param name="Target">The path; for <c>COPY table FROM</c> the source.</param>
public sealed record CopyStatement(QualifiedName? Table, Query? Query, string Target) : Statement
{
    /// <summary>Whether it reads (<c>COPY t FROM</c>) rather than writes; not implemented upstream.</summary>
    public bool From { get; init; }

    /// <summary>The columns of <c>COPY t (a, b)</c>.</summary>
    public SyntaxList<Identifier> Columns { get; init; } = [];

    /// <summary>The format behind STORED AS, in upper case.</summary>
    public string? Format { get; init; }

    /// <summary>The columns of PARTITIONED BY.</summary>
    public SyntaxList<Identifier> PartitionedBy { get; init; } = [];

    /// <summary>The options of OPTIONS (…) or WITH (…).</summary>
    public SyntaxList<SqlOption> Options { get; init; } = [];
}
