namespace Micromegas.Sql.Syntax;

/// <summary>A statement.</summary>
public abstract record Statement : SyntaxNode;

/// <summary>A query.</summary>
/// <param name="Query">The query.</param>
public sealed record QueryStatement(Query Query) : Statement;

/// <summary><c>EXPLAIN [ANALYZE] [VERBOSE] [FORMAT x] statement</c>.</summary>
/// <param name="Statement">The statement explained.</param>
/// <param name="Analyze">Whether it is run.</param>
/// <param name="Verbose">Whether all steps are shown.</param>
/// <param name="Format">The format as written; null when not given.</param>
public sealed record ExplainStatement(Statement Statement, bool Analyze, bool Verbose, string? Format) : Statement;

/// <summary><c>DESCRIBE table</c> or <c>DESC table</c>.</summary>
/// <param name="Table">The table.</param>
public sealed record DescribeTableStatement(QualifiedName Table) : Statement;

/// <summary><c>DESCRIBE query</c>.</summary>
/// <param name="Statement">The statement whose result is described.</param>
public sealed record DescribeQueryStatement(Statement Statement) : Statement;

/// <summary><c>LIKE</c>, <c>ILIKE</c> or <c>WHERE</c> behind a SHOW.</summary>
/// <param name="Pattern">The pattern; null with WHERE.</param>
/// <param name="CaseInsensitive">Whether it was ILIKE.</param>
/// <param name="Where">The condition; null with a pattern.</param>
public sealed record ShowFilter(string? Pattern, bool CaseInsensitive, Expression? Where) : SyntaxNode;

/// <summary>What a <see cref="ShowObjectsStatement"/> lists.</summary>
public enum ShowKind
{
    /// <summary><c>SHOW TABLES</c>.</summary>
    Tables,

    /// <summary><c>SHOW VIEWS</c>.</summary>
    Views,

    /// <summary><c>SHOW COLUMNS FROM t</c>.</summary>
    Columns,

    /// <summary><c>SHOW FUNCTIONS</c>.</summary>
    Functions,

    /// <summary><c>SHOW SCHEMAS</c>.</summary>
    Schemas,

    /// <summary><c>SHOW DATABASES</c>.</summary>
    Databases,

    /// <summary><c>SHOW CATALOGS</c>.</summary>
    Catalogs,
}

/// <summary><c>SHOW [EXTENDED] [FULL] TABLES | COLUMNS | FUNCTIONS | … [FROM x] [LIKE p]</c>.</summary>
/// <param name="Kind">What is listed.</param>
public sealed record ShowObjectsStatement(ShowKind Kind) : Statement
{
    /// <summary>Whether EXTENDED is there.</summary>
    public bool Extended { get; init; }

    /// <summary>Whether FULL is there.</summary>
    public bool Full { get; init; }

    /// <summary>The table (COLUMNS) or schema behind FROM or IN.</summary>
    public QualifiedName? From { get; init; }

    /// <summary>The filter.</summary>
    public ShowFilter? Filter { get; init; }
}

/// <summary><c>SHOW CREATE TABLE t</c>, <c>SHOW CREATE VIEW v</c>.</summary>
/// <param name="ObjectKind">The word behind CREATE, in upper case.</param>
/// <param name="Name">The object.</param>
public sealed record ShowCreateStatement(string ObjectKind, QualifiedName Name) : Statement;

/// <summary><c>SHOW setting [VERBOSE]</c>, <c>SHOW ALL</c>, <c>SHOW TIME ZONE</c> (as <c>timezone</c>).</summary>
/// <param name="Name">The setting, parts joined by dots, words too (upstream reads <c>SHOW a b</c> as <c>a.b</c>); <c>all</c> for all.</param>
/// <param name="Verbose">Whether VERBOSE is there.</param>
public sealed record ShowVariableStatement(string Name, bool Verbose) : Statement;

/// <summary>
/// <c>SET name = value</c>, <c>SET name TO value</c>, <c>SET TIME ZONE [=] value</c> (as <c>timezone</c>), <c>SET NAMES 'utf8'</c> (as <c>names</c>).
/// </summary>
/// <param name="Name">The setting, parts joined by dots.</param>
/// <param name="Values">
/// The values, at least one; a bare word is a <see cref="ColumnReference"/>, <c>DEFAULT</c> a <see cref="DefaultValueExpression"/>.
/// </param>
/// <param name="Scope">The scope word.</param>
public sealed record SetStatement(string Name, SyntaxList<Expression> Values, SetScope Scope) : Statement;

/// <summary>The scope of a SET.</summary>
public enum SetScope
{
    /// <summary>Nothing was written.</summary>
    Default,

    /// <summary><c>SET SESSION</c>.</summary>
    Session,

    /// <summary><c>SET LOCAL</c>.</summary>
    Local,

    /// <summary><c>SET GLOBAL</c>.</summary>
    Global,
}

/// <summary><c>SET [SESSION CHARACTERISTICS AS] TRANSACTION …</c>.</summary>
/// <param name="Modes">The modes in upper case, as in <c>READ ONLY</c>.</param>
public sealed record SetTransactionStatement(SyntaxList<string> Modes) : Statement;

/// <summary><c>RESET name</c>, <c>RESET ALL</c>.</summary>
/// <param name="Name">The setting, parts joined by dots; null for ALL.</param>
public sealed record ResetStatement(string? Name) : Statement;

/// <summary><c>USE name</c>; not implemented upstream.</summary>
/// <param name="Name">The catalogue or schema.</param>
public sealed record UseStatement(QualifiedName Name) : Statement;

/// <summary><c>PREPARE name [(types)] AS statement</c>.</summary>
/// <param name="Name">The name.</param>
/// <param name="Types">The parameter types; empty when not given.</param>
/// <param name="Statement">The statement.</param>
public sealed record PrepareStatement(Identifier Name, SyntaxList<SqlTypeName> Types, Statement Statement) : Statement
{
    /// <summary>How many parameters the statement has by position: the highest number of one.</summary>
    public int ParameterCount { get; init; }
}

/// <summary><c>EXECUTE name [(arguments)]</c>.</summary>
/// <param name="Name">The name.</param>
/// <param name="Arguments">The arguments.</param>
public sealed record ExecuteStatement(Identifier Name, SyntaxList<Expression> Arguments) : Statement;

/// <summary><c>DEALLOCATE [PREPARE] name | ALL</c>.</summary>
/// <param name="Name">The name; null for ALL.</param>
public sealed record DeallocateStatement(Identifier? Name) : Statement;

/// <summary>The transaction commands.</summary>
public enum TransactionCommand
{
    /// <summary><c>BEGIN</c>, <c>START TRANSACTION</c>.</summary>
    Begin,

    /// <summary><c>COMMIT</c>, <c>END</c>.</summary>
    Commit,

    /// <summary><c>ROLLBACK</c>, <c>ABORT</c>.</summary>
    Rollback,

    /// <summary><c>SAVEPOINT name</c>.</summary>
    Savepoint,

    /// <summary><c>RELEASE [SAVEPOINT] name</c>.</summary>
    Release,

    /// <summary><c>ROLLBACK TO [SAVEPOINT] name</c>.</summary>
    RollbackTo,
}

/// <summary>A transaction command.</summary>
/// <param name="Command">The command.</param>
/// <param name="Savepoint">The savepoint's name.</param>
/// <param name="Modes">The modes of BEGIN in upper case, as in <c>READ ONLY</c> or <c>ISOLATION LEVEL SERIALIZABLE</c>.</param>
public sealed record TransactionStatement(TransactionCommand Command, Identifier? Savepoint, SyntaxList<string> Modes) : Statement;

/// <summary>A statement that the grammar knows only by its first words, so that it can be refused as unsupported rather than as a mistake.</summary>
/// <param name="Name">The first words in upper case, as in <c>ALTER TABLE</c>.</param>
/// <param name="Text">The statement as written.</param>
public sealed record UnsupportedStatement(string Name, string Text) : Statement;
