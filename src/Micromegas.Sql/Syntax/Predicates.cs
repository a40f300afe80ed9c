namespace Micromegas.Sql.Syntax;

/// <summary>What an <c>IS</c> test asks.</summary>
public enum TruthTest
{
    /// <summary><c>IS NULL</c>.</summary>
    Null,

    /// <summary><c>IS TRUE</c>.</summary>
    True,

    /// <summary><c>IS FALSE</c>.</summary>
    False,

    /// <summary><c>IS UNKNOWN</c>.</summary>
    Unknown,
}

/// <summary><c>x IS [NOT] NULL | TRUE | FALSE | UNKNOWN</c>, also <c>x ISNULL</c> and <c>x NOTNULL</c>.</summary>
/// <param name="Operand">The operand.</param>
/// <param name="Test">What is asked.</param>
/// <param name="Negated">Whether <c>NOT</c> is there.</param>
public sealed record IsExpression(Expression Operand, TruthTest Test, bool Negated) : Expression;

/// <summary><c>x [NOT] BETWEEN lower AND upper</c>.</summary>
/// <param name="Operand">The operand.</param>
/// <param name="Lower">The lower bound, inclusive.</param>
/// <param name="Upper">The upper bound, inclusive.</param>
/// <param name="Negated">Whether <c>NOT</c> is there.</param>
public sealed record BetweenExpression(Expression Operand, Expression Lower, Expression Upper, bool Negated) : Expression
{
    /// <summary>Whether <c>SYMMETRIC</c> is there: the bounds may come in either order (PostgreSQL; a superset of upstream).</summary>
    public bool Symmetric { get; init; }
}

/// <summary><c>x [NOT] IN (a, b, …)</c>.</summary>
/// <param name="Operand">The operand.</param>
/// <param name="Items">The values, at least one.</param>
/// <param name="Negated">Whether <c>NOT</c> is there.</param>
public sealed record InListExpression(Expression Operand, SyntaxList<Expression> Items, bool Negated) : Expression;

/// <summary><c>x [NOT] IN (query)</c>.</summary>
/// <param name="Operand">The operand.</param>
/// <param name="Query">The query.</param>
/// <param name="Negated">Whether <c>NOT</c> is there.</param>
public sealed record InSubqueryExpression(Expression Operand, Query Query, bool Negated) : Expression;

/// <summary>The pattern languages.</summary>
public enum PatternKind
{
    /// <summary><c>LIKE</c>.</summary>
    Like,

    /// <summary><c>ILIKE</c>.</summary>
    ILike,

    /// <summary><c>SIMILAR TO</c>.</summary>
    SimilarTo,

    /// <summary><c>RLIKE</c>, <c>REGEXP</c>.</summary>
    Regexp,
}

/// <summary><c>x [NOT] LIKE pattern [ESCAPE c]</c> and its relatives.</summary>
/// <param name="Operand">The text.</param>
/// <param name="Kind">The pattern language.</param>
/// <param name="Pattern">The pattern.</param>
/// <param name="Negated">Whether <c>NOT</c> is there.</param>
public sealed record LikeExpression(Expression Operand, PatternKind Kind, Expression Pattern, bool Negated) : Expression
{
    /// <summary>The escape character; null when not given.</summary>
    public string? Escape { get; init; }

    /// <summary><c>LIKE ANY (…)</c> or <c>LIKE ALL (…)</c>; not implemented upstream.</summary>
    public Quantifier? Quantifier { get; init; }
}

/// <summary>How many elements must satisfy a comparison.</summary>
public enum Quantifier
{
    /// <summary><c>ANY</c> or <c>SOME</c>.</summary>
    Any,

    /// <summary><c>ALL</c>.</summary>
    All,
}

/// <summary><c>x op ANY|SOME|ALL (query or list)</c>.</summary>
/// <param name="Left">The operand.</param>
/// <param name="Operator">The comparison.</param>
/// <param name="Quantifier">How many must satisfy it.</param>
/// <param name="Right">A <see cref="SubqueryExpression"/> or a list-valued expression.</param>
public sealed record QuantifiedComparison(Expression Left, BinaryOperator Operator, Quantifier Quantifier, Expression Right) : Expression;

/// <summary><c>EXISTS (query)</c>; <c>NOT EXISTS</c> is a <see cref="UnaryExpression"/> around it.</summary>
/// <param name="Query">The query.</param>
public sealed record ExistsExpression(Query Query) : Expression;

/// <summary>A query in parentheses used as a value.</summary>
/// <param name="Query">The query.</param>
public sealed record SubqueryExpression(Query Query) : Expression;
