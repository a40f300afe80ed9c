namespace Micromegas.Sql.Syntax;

/// <summary><c>CREATE [OR REPLACE] [TEMP] TABLE [IF NOT EXISTS] name (…)</c> or <c>… AS query</c>.</summary>
/// <param name="Name">The table.</param>
public sealed record CreateTableStatement(QualifiedName Name) : Statement
{
    /// <summary>Whether OR REPLACE is there.</summary>
    public bool OrReplace { get; init; }

    /// <summary>Whether TEMP or TEMPORARY is there.</summary>
    public bool Temporary { get; init; }

    /// <summary>Whether IF NOT EXISTS is there.</summary>
    public bool IfNotExists { get; init; }

    /// <summary>The columns.</summary>
    public SyntaxList<ColumnDefinition> Columns { get; init; } = [];

    /// <summary>The constraints of the table.</summary>
    public SyntaxList<TableConstraint> Constraints { get; init; } = [];

    /// <summary>The query of CREATE TABLE AS.</summary>
    public Query? Query { get; init; }

    /// <summary>The options of <c>WITH (…)</c>.</summary>
    public SyntaxList<SqlOption> Options { get; init; } = [];
}

/// <summary>A column of a CREATE TABLE.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The type; null where only the name is given (columns of a CREATE TABLE AS).</param>
public sealed record ColumnDefinition(Identifier Name, SqlTypeName? Type) : SyntaxNode
{
    /// <summary>Whether NOT NULL (true) or NULL (false) is there.</summary>
    public bool? NotNull { get; init; }

    /// <summary>The DEFAULT.</summary>
    public Expression? Default { get; init; }

    /// <summary>The expression of <c>GENERATED ALWAYS AS (…)</c>.</summary>
    public Expression? Generated { get; init; }

    /// <summary>Whether <c>GENERATED … AS IDENTITY</c> or AUTO_INCREMENT is there.</summary>
    public bool Identity { get; init; }

    /// <summary>The column's own constraints (PRIMARY KEY, UNIQUE, REFERENCES, CHECK).</summary>
    public SyntaxList<TableConstraint> Constraints { get; init; } = [];
}

/// <summary>The kinds of constraints.</summary>
public enum ConstraintKind
{
    /// <summary><c>PRIMARY KEY</c>.</summary>
    PrimaryKey,

    /// <summary><c>UNIQUE</c>.</summary>
    Unique,

    /// <summary><c>FOREIGN KEY … REFERENCES</c>.</summary>
    ForeignKey,

    /// <summary><c>CHECK</c>.</summary>
    Check,
}

/// <summary>A constraint of a table or column.</summary>
/// <param name="Kind">The kind.</param>
public sealed record TableConstraint(ConstraintKind Kind) : SyntaxNode
{
    /// <summary>The name behind CONSTRAINT.</summary>
    public Identifier? Name { get; init; }

    /// <summary>The columns; empty on a column's own constraint.</summary>
    public SyntaxList<Identifier> Columns { get; init; } = [];

    /// <summary>The table that a foreign key refers to.</summary>
    public QualifiedName? References { get; init; }

    /// <summary>The columns that a foreign key refers to; empty means the primary key.</summary>
    public SyntaxList<Identifier> ReferencedColumns { get; init; } = [];

    /// <summary>The action of ON DELETE, in upper case.</summary>
    public string? OnDelete { get; init; }

    /// <summary>The action of ON UPDATE, in upper case.</summary>
    public string? OnUpdate { get; init; }

    /// <summary>The condition of CHECK.</summary>
    public Expression? Check { get; init; }
}

/// <summary>An option: <c>name = value</c> in WITH, <c>'key' 'value'</c> in OPTIONS.</summary>
/// <param name="Name">The name; unquoted names are folded, dotted ones joined.</param>
/// <param name="Value">The value; null where only the name is given.</param>
public sealed record SqlOption(string Name, Expression? Value) : SyntaxNode;

/// <summary><c>CREATE [OR REPLACE] [TEMP] [MATERIALIZED] VIEW [IF NOT EXISTS] name [(columns)] [WITH (options)] AS query</c>.</summary>
/// <param name="Name">The view.</param>
/// <param name="Query">The query.</param>
public sealed record CreateViewStatement(QualifiedName Name, Query Query) : Statement
{
    /// <summary>Whether OR REPLACE is there.</summary>
    public bool OrReplace { get; init; }

    /// <summary>Whether TEMP or TEMPORARY is there.</summary>
    public bool Temporary { get; init; }

    /// <summary>Whether MATERIALIZED is there.</summary>
    public bool Materialized { get; init; }

    /// <summary>Whether IF NOT EXISTS is there.</summary>
    public bool IfNotExists { get; init; }

    /// <summary>The column names; empty when not given.</summary>
    public SyntaxList<Identifier> Columns { get; init; } = [];

    /// <summary>The options of <c>WITH (…)</c>.</summary>
    public SyntaxList<SqlOption> Options { get; init; } = [];

    /// <summary>What <c>WITH [NO] DATA</c> says; null when not given.</summary>
    public bool? WithData { get; init; }

    /// <summary>The query's own text, to be stored.</summary>
    public string QueryText { get; init; } = "";

    /// <summary>Compares all but the text that the query was read from.</summary>
    public bool Equals(CreateViewStatement? other) =>
        base.Equals(other) && Name.Equals(other.Name) && Query.Equals(other.Query) && OrReplace == other.OrReplace
        && Temporary == other.Temporary && Materialized == other.Materialized && IfNotExists == other.IfNotExists
        && Columns.Equals(other.Columns) && Options.Equals(other.Options) && WithData == other.WithData;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Query);
}

/// <summary><c>REFRESH MATERIALIZED VIEW [CONCURRENTLY] name [FROM begin TO end]</c>; the range is ours.</summary>
/// <param name="Name">The view.</param>
/// <param name="Concurrently">Whether CONCURRENTLY is there.</param>
/// <param name="Begin">The start of the time range to refresh.</param>
/// <param name="End">Its end.</param>
public sealed record RefreshViewStatement(QualifiedName Name, bool Concurrently, Expression? Begin, Expression? End) : Statement;

/// <summary><c>CREATE SCHEMA [IF NOT EXISTS] name</c>, <c>CREATE DATABASE [IF NOT EXISTS] name</c>.</summary>
/// <param name="Name">The name.</param>
/// <param name="IsDatabase">Whether it is a database (a catalogue) rather than a schema.</param>
/// <param name="IfNotExists">Whether IF NOT EXISTS is there.</param>
public sealed record CreateSchemaStatement(QualifiedName Name, bool IsDatabase, bool IfNotExists) : Statement;

/// <summary><c>CREATE [UNIQUE] INDEX [IF NOT EXISTS] [name] ON table (…)</c>.</summary>
/// <param name="Name">The index.</param>
/// <param name="Table">The table.</param>
/// <param name="Keys">The keys.</param>
public sealed record CreateIndexStatement(QualifiedName? Name, QualifiedName Table, SyntaxList<OrderByItem> Keys) : Statement
{
    /// <summary>Whether UNIQUE is there.</summary>
    public bool Unique { get; init; }

    /// <summary>Whether IF NOT EXISTS is there.</summary>
    public bool IfNotExists { get; init; }
}

/// <summary><c>CREATE [OR REPLACE] [TEMP] FUNCTION name(arguments) [RETURNS type] [LANGUAGE l] RETURN expression</c>.</summary>
/// <param name="Name">The function.</param>
/// <param name="Parameters">The parameters.</param>
/// <param name="Body">The expression behind RETURN, or the string behind AS.</param>
public sealed record CreateFunctionStatement(QualifiedName Name, SyntaxList<FunctionParameter> Parameters, Expression Body) : Statement
{
    /// <summary>Whether OR REPLACE is there.</summary>
    public bool OrReplace { get; init; }

    /// <summary>Whether TEMP or TEMPORARY is there.</summary>
    public bool Temporary { get; init; }

    /// <summary>The result type.</summary>
    public SqlTypeName? Returns { get; init; }

    /// <summary>The language.</summary>
    public Identifier? Language { get; init; }

    /// <summary>The volatility word in upper case: IMMUTABLE, STABLE, VOLATILE.</summary>
    public string? Volatility { get; init; }
}

/// <summary>A parameter of a CREATE FUNCTION.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Default">Its default.</param>
public sealed record FunctionParameter(Identifier? Name, SqlTypeName Type, Expression? Default) : SyntaxNode;

/// <summary>The kinds of objects that DROP takes.</summary>
public enum DropKind
{
    /// <summary><c>DROP TABLE</c>.</summary>
    Table,

    /// <summary><c>DROP VIEW</c>.</summary>
    View,

    /// <summary><c>DROP MATERIALIZED VIEW</c>.</summary>
    MaterializedView,

    /// <summary><c>DROP SCHEMA</c>.</summary>
    Schema,

    /// <summary><c>DROP DATABASE</c>.</summary>
    Database,

    /// <summary><c>DROP FUNCTION</c>.</summary>
    Function,

    /// <summary><c>DROP INDEX</c>.</summary>
    Index,
}

/// <summary><c>DROP kind [IF EXISTS] name, … [CASCADE | RESTRICT]</c>.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Names">The names, at least one.</param>
/// <param name="IfExists">Whether IF EXISTS is there.</param>
/// <param name="Cascade">Whether CASCADE (true) or RESTRICT (false) is there.</param>
public sealed record DropStatement(DropKind Kind, SyntaxList<QualifiedName> Names, bool IfExists, bool? Cascade) : Statement;

/// <summary><c>CREATE EXTERNAL TABLE … STORED AS format … LOCATION '…'</c>.</summary>
/// <param name="Name">The table.</param>
/// <param name="Format">The format behind STORED AS, in upper case; null when not given.</param>
/// <param name="Location">The location.</param>
public sealed record CreateExternalTableStatement(QualifiedName Name, string? Format, string Location) : Statement
{
    /// <summary>Whether OR REPLACE is there.</summary>
    public bool OrReplace { get; init; }

    /// <summary>Whether UNBOUNDED is there.</summary>
    public bool Unbounded { get; init; }

    /// <summary>Whether TEMP or TEMPORARY is there.</summary>
    public bool Temporary { get; init; }

    /// <summary>Whether IF NOT EXISTS is there.</summary>
    public bool IfNotExists { get; init; }

    /// <summary>The columns.</summary>
    public SyntaxList<ColumnDefinition> Columns { get; init; } = [];

    /// <summary>The constraints.</summary>
    public SyntaxList<TableConstraint> Constraints { get; init; } = [];

    /// <summary>The columns of PARTITIONED BY; their types may be absent.</summary>
    public SyntaxList<ColumnDefinition> PartitionedBy { get; init; } = [];

    /// <summary>The sort orders of WITH ORDER, several times possible.</summary>
    public SyntaxList<SyntaxList<OrderByItem>> Orders { get; init; } = [];

    /// <summary>The options of OPTIONS (…).</summary>
    public SyntaxList<SqlOption> Options { get; init; } = [];
}
