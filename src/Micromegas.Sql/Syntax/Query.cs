namespace Micromegas.Sql.Syntax;

/// <summary>Something that gives rows: a query with its clauses, a select, VALUES, TABLE, or a set operation over two of them.</summary>
public abstract record QueryExpression : SyntaxNode;

/// <summary>A whole query: <c>[WITH …] body [ORDER BY …] [LIMIT …]</c>. As operand of a set operation it stood in parentheses.</summary>
/// <param name="Body">The body.</param>
public sealed record Query(QueryExpression Body) : QueryExpression
{
    /// <summary>The WITH clause.</summary>
    public WithClause? With { get; init; }

    /// <summary>The ORDER BY of the whole.</summary>
    public SyntaxList<OrderByItem> OrderBy { get; init; } = [];

    /// <summary><c>LIMIT n</c>; null also for <c>LIMIT ALL</c>.</summary>
    public Expression? Limit { get; init; }

    /// <summary><c>OFFSET n</c>, or the first number of <c>LIMIT offset, n</c>.</summary>
    public Expression? Offset { get; init; }

    /// <summary><c>FETCH FIRST …</c>; not implemented upstream.</summary>
    public FetchClause? Fetch { get; init; }

    /// <summary>Clauses that are understood but not supported, such as <c>LIMIT n BY c</c>, to be refused by name; <c>FOR UPDATE</c> is dropped.</summary>
    public SyntaxList<UnsupportedClause> Unsupported { get; init; } = [];
}

/// <summary><c>FETCH FIRST [n] [PERCENT] ROWS ONLY | WITH TIES</c>.</summary>
/// <param name="Count">The number of rows; null means one.</param>
/// <param name="Percent">Whether it is a percentage.</param>
/// <param name="WithTies">Whether peers of the last row come too.</param>
public sealed record FetchClause(Expression? Count, bool Percent, bool WithTies) : SyntaxNode;

/// <summary><c>WITH [RECURSIVE] …</c>.</summary>
/// <param name="Recursive">Whether RECURSIVE is there.</param>
/// <param name="Tables">The common table expressions in order.</param>
public sealed record WithClause(bool Recursive, SyntaxList<CommonTableExpression> Tables) : SyntaxNode;

/// <summary><c>name [(columns)] AS [[NOT] MATERIALIZED] (query)</c>.</summary>
/// <param name="Name">The name.</param>
/// <param name="Columns">The column names; empty when not given.</param>
/// <param name="Query">The query.</param>
public sealed record CommonTableExpression(Identifier Name, SyntaxList<Identifier> Columns, Query Query) : SyntaxNode
{
    /// <summary>The hint <c>MATERIALIZED</c> (true) or <c>NOT MATERIALIZED</c> (false); a superset of upstream.</summary>
    public bool? Materialized { get; init; }
}

/// <summary>The set operators.</summary>
public enum SetOperator
{
    /// <summary><c>UNION</c>.</summary>
    Union,

    /// <summary><c>INTERSECT</c>.</summary>
    Intersect,

    /// <summary><c>EXCEPT</c>, <c>MINUS</c>.</summary>
    Except,
}

/// <summary>A set operation. Operators associate left, so long unions grow along <see cref="Left"/> and must be walked by a loop.</summary>
/// <param name="Left">The left operand.</param>
/// <param name="Operator">The operator.</param>
/// <param name="All">Whether ALL is there: duplicates stay.</param>
/// <param name="ByName">Whether BY NAME is there: columns are matched by name.</param>
/// <param name="Right">The right operand.</param>
public sealed record SetOperation(QueryExpression Left, SetOperator Operator, bool All, bool ByName, QueryExpression Right) : QueryExpression
{
    /// <summary>Compares along the left spine by a loop: unions of thousands of selects are allowed.</summary>
    public bool Equals(SetOperation? other)
    {
        var mine = this;
        while (true)
        {
            if (ReferenceEquals(mine, other))
                return true;
            if (other is null || mine.Operator != other.Operator || mine.All != other.All || mine.ByName != other.ByName
                || !mine.Right.Equals(other.Right))
                return false;
            if (mine.Left is not SetOperation left)
                return mine.Left.Equals(other.Left);
            (mine, other) = (left, other.Left as SetOperation);
        }
    }

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        QueryExpression node = this;
        for (; node is SetOperation set; node = set.Left)
        {
            hash.Add(set.Operator);
            hash.Add(set.Right);
        }

        hash.Add(node);
        return hash.ToHashCode();
    }
}

/// <summary><c>VALUES (…), (…)</c>; columns are called <c>column1</c>, <c>column2</c>, ….</summary>
/// <param name="Rows">The rows, at least one.</param>
public sealed record ValuesExpression(SyntaxList<ValuesRow> Rows) : QueryExpression;

/// <summary>A row of VALUES.</summary>
/// <param name="Values">The values; may be empty, and in INSERT may hold <see cref="DefaultValueExpression"/>.</param>
public sealed record ValuesRow(SyntaxList<Expression> Values) : SyntaxNode;

/// <summary><c>DEFAULT</c> as a value of INSERT or UPDATE.</summary>
public sealed record DefaultValueExpression : Expression;

/// <summary><c>TABLE name</c>: all of a table.</summary>
/// <param name="Name">The table.</param>
public sealed record TableExpression(QualifiedName Name) : QueryExpression;

/// <summary>An INSERT, UPDATE or DELETE whose RETURNING rows are a common table expression; not implemented upstream.</summary>
/// <param name="Statement">The statement.</param>
public sealed record StatementQuery(Statement Statement) : QueryExpression;

/// <summary>A clause that the grammar knows so that the binder can refuse it by name.</summary>
/// <param name="Name">Its name in upper case, as in <c>SORT BY</c>.</param>
/// <param name="Text">The clause as written.</param>
public sealed record UnsupportedClause(string Name, string Text) : SyntaxNode;
