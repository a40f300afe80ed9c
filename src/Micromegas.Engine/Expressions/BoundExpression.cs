using Micromegas.Columnar;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Plans;

namespace Micromegas.Engine.Expressions;

/// <summary>
/// An expression whose names and types are resolved; immutable. Implicit conversions are explicit <see cref="BoundCast"/> nodes,
/// so both sides of a comparison, all branches of a CASE and the arguments of a call have exactly the types their node wants.
/// Long AND and OR chains are flat lists, not deep trees.
/// </summary>
public abstract record BoundExpression(DataType Type, bool Nullable)
{
    /// <summary>Where it stands in the statement's text, for errors of its evaluation; only casts and calls know it.</summary>
    public TextPlace Place { get; init; }

    /// <summary>Equal expressions may stand at different places.</summary>
    public virtual bool Equals(BoundExpression? other) => other is not null && EqualityContract == other.EqualityContract && Type == other.Type && Nullable == other.Nullable;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(EqualityContract, Type, Nullable);
}

/// <summary>A constant, or a parameter with its value.</summary>
public sealed record BoundLiteral(Scalar Value) : BoundExpression(Value.Type, Value.IsNull)
{
    /// <summary>Name of the parameter that the value came from.</summary>
    public string? Parameter { get; init; }
}

/// <summary>A column of the input.</summary>
public sealed record BoundColumn(PlanColumn Column) : BoundExpression(Column.Type, Column.Nullable);

/// <summary>A conversion; <paramref name="Try"/> gives null instead of an error.</summary>
public sealed record BoundCast(BoundExpression Operand, DataType Target, bool Try) : BoundExpression(Target, Operand.Nullable || Try);

/// <summary>The comparison operators; operands have one type (dictionaries count as their value type).</summary>
public enum ComparisonOperator
{
    Equal,
    NotEqual,
    LessThan,
    LessThanOrEqual,
    GreaterThan,
    GreaterThanOrEqual,

    /// <summary><c>IS DISTINCT FROM</c>: never null.</summary>
    DistinctFrom,

    /// <summary><c>IS NOT DISTINCT FROM</c>, <c>&lt;=&gt;</c>: never null.</summary>
    NotDistinctFrom,
}

/// <summary>A comparison of two operands of the same value type.</summary>
public sealed record BoundComparison(ComparisonOperator Operator, BoundExpression Left, BoundExpression Right)
    : BoundExpression(
        DataType.Boolean,
        Operator is not (ComparisonOperator.DistinctFrom or ComparisonOperator.NotDistinctFrom) && (Left.Nullable || Right.Nullable));

/// <summary>A conjunction (<paramref name="IsAnd"/>) or disjunction of two or more Booleans, in Kleene logic, evaluated left to right with early end per row.</summary>
public sealed record BoundLogical(bool IsAnd, IReadOnlyList<BoundExpression> Operands)
    : BoundExpression(DataType.Boolean, Operands.Any(static operand => operand.Nullable));

public sealed record BoundNot(BoundExpression Operand) : BoundExpression(DataType.Boolean, Operand.Nullable);

/// <summary><c>IS NULL</c>, or <c>IS NOT NULL</c> when negated.</summary>
public sealed record BoundIsNull(BoundExpression Operand, bool Negated) : BoundExpression(DataType.Boolean, false);

/// <summary><c>x IN (a, b, …)</c>; the items have the operand's value type.</summary>
public sealed record BoundIn(BoundExpression Operand, IReadOnlyList<BoundExpression> Items, bool Negated)
    : BoundExpression(DataType.Boolean, Operand.Nullable || Items.Any(static item => item.Nullable));

/// <summary><c>LIKE</c> or, when <paramref name="IgnoreCase"/>, <c>ILIKE</c>. The escape character is the backslash.</summary>
public sealed record BoundLike(BoundExpression Operand, BoundExpression Pattern, bool IgnoreCase, bool Negated)
    : BoundExpression(DataType.Boolean, Operand.Nullable || Pattern.Nullable);

/// <summary>One branch of a CASE.</summary>
public readonly record struct BoundWhen(BoundExpression Condition, BoundExpression Result);

/// <summary>A searched CASE; COALESCE, NULLIF, NVL and NVL2 become one too. Branches are evaluated only for the rows that reach them.</summary>
public sealed record BoundCase(IReadOnlyList<BoundWhen> Branches, BoundExpression? Else, DataType ResultType)
    : BoundExpression(ResultType, Else is null || Else.Nullable || Branches.Any(static branch => branch.Result.Nullable));

/// <summary>A call of a scalar function; arithmetic, concatenation, bit and regular expression operators are calls too.</summary>
public sealed record BoundCall(ScalarFunction Function, FunctionSignature Signature, IReadOnlyList<BoundExpression> Arguments)
    : BoundExpression(Signature.ReturnType, Signature.Nullable);

/// <summary>A lambda argument (<c>x -> expr</c>) of an array function.</summary>
public sealed record BoundLambda(IReadOnlyList<PlanColumn> Parameters, BoundExpression Body) : BoundExpression(Body.Type, Body.Nullable);
