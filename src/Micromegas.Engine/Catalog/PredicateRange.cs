using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;

namespace Micromegas.Engine.Catalog;

/// <summary>What conjuncts say of a time column.</summary>
public static class PredicateRange
{
    /// <summary>
    /// The times, in nanoseconds, between which a timestamp column of nanoseconds must lie for all conjuncts to be true. Conjuncts that say nothing
    /// of the kind (also such as <c>date_trunc('day', time) = …</c>) are passed over, so the range may be wider than need be, never narrower.
    /// </summary>
    public static TimeRange Of(IReadOnlyList<BoundExpression> conjuncts, PlanColumn column)
    {
        var range = TimeRange.All;
        foreach (var conjunct in conjuncts)
        {
            range = range.Intersect(Of(conjunct, column));
        }
        return range;
    }

    private static TimeRange Of(BoundExpression conjunct, PlanColumn column)
    {
        switch (conjunct)
        {
            case BoundLogical { IsAnd: true } and:
                return Of(and.Operands, column);
            case BoundNot { Operand: BoundComparison inner }:
                return Of(inner with { Operator = inner.Operator.Negated() }, column);
            case BoundComparison { Left: BoundColumn left, Right: BoundLiteral right } comparison when left.Column == column:
                return Of(comparison.Operator, right.Value);
            case BoundComparison { Left: BoundLiteral left, Right: BoundColumn right } comparison when right.Column == column:
                return Of(comparison.Operator.Mirrored(), left.Value);
            case BoundIn { Negated: false, Operand: BoundColumn operand } list when operand.Column == column && list.Items.All(static item => item is BoundLiteral):
            {
                var times = list.Items.Select(static item => Nanoseconds(((BoundLiteral)item).Value)).ToList();
                return times.Count > 0 && times.TrueForAll(static time => time is not null) ? new TimeRange(times.Min(), times.Max()) : TimeRange.All;
            }
            default:
                return TimeRange.All;
        }
    }

    private static TimeRange Of(ComparisonOperator comparison, Scalar value) => Nanoseconds(value) is not { } time
        ? TimeRange.All
        : comparison switch
        {
            ComparisonOperator.Equal or ComparisonOperator.NotDistinctFrom => new TimeRange(time, time),
            ComparisonOperator.GreaterThanOrEqual => new TimeRange(time, null),
            ComparisonOperator.GreaterThan => new TimeRange(time == long.MaxValue ? time : time + 1, null),
            ComparisonOperator.LessThanOrEqual => new TimeRange(null, time),
            ComparisonOperator.LessThan => new TimeRange(null, time == long.MinValue ? time : time - 1),
            _ => TimeRange.All,
        };

    private static long? Nanoseconds(Scalar value) =>
        value is { Type: { Kind: TypeKind.Timestamp, Unit: TimeUnit.Nanosecond }, Value: long time } ? time : null;
}
