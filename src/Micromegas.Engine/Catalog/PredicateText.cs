using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;

namespace Micromegas.Engine.Catalog;

/// <summary>What conjuncts say of a text column.</summary>
public static class PredicateText
{
    /// <summary>The text that the column must equal for all conjuncts to be true; null when they name none.</summary>
    public static string? Of(IReadOnlyList<BoundExpression> conjuncts, PlanColumn column)
    {
        foreach (var conjunct in conjuncts)
        {
            if (conjunct is BoundComparison { Operator: ComparisonOperator.Equal } equality
                && (Of(equality.Left, equality.Right, column) ?? Of(equality.Right, equality.Left, column)) is { } text)
            {
                return text;
            }
            if (conjunct is BoundLogical { IsAnd: true } and && Of(and.Operands, column) is { } inner)
            {
                return inner;
            }
        }
        return null;
    }

    private static string? Of(BoundExpression left, BoundExpression right, PlanColumn column) =>
        left is BoundColumn named && named.Column == column && right is BoundLiteral { Value.Value: string text } ? text : null;
}
