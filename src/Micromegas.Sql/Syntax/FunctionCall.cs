namespace Micromegas.Sql.Syntax;

/// <summary>A call of a scalar, aggregate or window function in common syntax.</summary>
/// <param name="Name">The name as called: aliases are not resolved, since output column names show them (spec/sql.md §5.2).</param>
/// <param name="Arguments">The arguments; <c>count(*)</c> has one, a <see cref="StarExpression"/>.</param>
public sealed record FunctionCall(QualifiedName Name, SyntaxList<FunctionArgument> Arguments) : Expression
{
    /// <summary>Whether <c>DISTINCT</c> precedes the arguments.</summary>
    public bool Distinct { get; init; }

    /// <summary>Whether there are no parentheses: <c>CURRENT_DATE</c>.</summary>
    public bool Niladic { get; init; }

    /// <summary>The <c>ORDER BY</c> inside the parentheses.</summary>
    public SyntaxList<OrderByItem> OrderBy { get; init; } = [];

    /// <summary>The items of <c>WITHIN GROUP (ORDER BY …)</c>.</summary>
    public SyntaxList<OrderByItem> WithinGroup { get; init; } = [];

    /// <summary>The condition of <c>FILTER (WHERE …)</c>.</summary>
    public Expression? Filter { get; init; }

    /// <summary><c>IGNORE NULLS</c> or <c>RESPECT NULLS</c>, inside or behind the parentheses.</summary>
    public NullTreatment NullTreatment { get; init; }

    /// <summary>The window of <c>OVER</c>; null for a plain call.</summary>
    public Window? Over { get; init; }
}

/// <summary>An argument, possibly named.</summary>
/// <param name="Name">The name of <c>name =&gt; value</c>, <c>name := value</c> or <c>struct(value AS name)</c>.</param>
/// <param name="Value">The value; may be a <see cref="StarExpression"/>, a <see cref="LambdaExpression"/> or a <see cref="SubqueryExpression"/>.</param>
public sealed record FunctionArgument(Identifier? Name, Expression Value) : SyntaxNode;

/// <summary>What window and aggregate functions do with NULL.</summary>
public enum NullTreatment
{
    /// <summary>Nothing was written.</summary>
    Default,

    /// <summary><c>IGNORE NULLS</c>.</summary>
    Ignore,

    /// <summary><c>RESPECT NULLS</c>.</summary>
    Respect,
}

/// <summary><c>x -&gt; body</c> or <c>(x, y) -&gt; body</c>, as an argument of a function.</summary>
/// <param name="Parameters">The parameters, at least one.</param>
/// <param name="Body">The body.</param>
public sealed record LambdaExpression(SyntaxList<Identifier> Parameters, Expression Body) : Expression;
