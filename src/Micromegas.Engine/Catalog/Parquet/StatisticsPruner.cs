using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Parquet;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>Decides from the statistics of a row group or page that no row of it can satisfy a predicate.</summary>
internal static class StatisticsPruner
{
    /// <summary>Whether some row may satisfy the conjunct. Errs on the side of reading.</summary>
    /// <param name="conjunct">The conjunct.</param>
    /// <param name="statistics">What is known of a column; null when nothing is.</param>
    /// <param name="rowCount">Rows that the statistics speak of.</param>
    public static bool MayMatch(BoundExpression conjunct, Func<PlanColumn, ColumnStatistics?> statistics, long rowCount)
    {
        switch (conjunct)
        {
            case BoundLiteral { Value.Value: var value }:
                return value is true;
            case BoundLogical { IsAnd: true } and:
                return and.Operands.All(operand => MayMatch(operand, statistics, rowCount));
            case BoundLogical or:
                return or.Operands.Any(operand => MayMatch(operand, statistics, rowCount));
            case BoundComparison { Left: BoundColumn left, Right: BoundLiteral right } comparison:
                return MayMatch(comparison.Operator, statistics(left.Column), right.Value, rowCount);
            case BoundComparison { Left: BoundLiteral left, Right: BoundColumn right } comparison:
                return MayMatch(comparison.Operator.Mirrored(), statistics(right.Column), left.Value, rowCount);
            case BoundIn { Negated: false, Operand: BoundColumn column } list when ListedConstants.Of(list) is { AreAll: true } constants:
                return statistics(column.Column) is not { } known || (known.NullCount != rowCount && constants.MayLieBetween(known.Min, known.Max));
            case BoundIsNull { Operand: BoundColumn column } test when statistics(column.Column)?.NullCount is { } nulls:
                return test.Negated ? nulls < rowCount : nulls > 0;
            case BoundLike { Negated: false, IgnoreCase: false, Operand: BoundColumn column, Pattern: BoundLiteral { Value.Value: string pattern } }:
                return MayStartWith(statistics(column.Column), LiteralPrefix(pattern), rowCount);
            default:
                return true;
        }
    }

    /// <summary>
    /// Whether bounds of smaller pieces may rule some of them out: false where the statistics of the whole show that every row satisfies the conjunct, and for
    /// conjuncts that bounds say nothing of.
    /// </summary>
    public static bool MayFail(BoundExpression conjunct, Func<PlanColumn, ColumnStatistics?> statistics, long rowCount)
    {
        switch (conjunct)
        {
            case BoundLogical logical:
                return logical.Operands.Any(operand => MayFail(operand, statistics, rowCount));
            case BoundComparison { Left: BoundColumn left, Right: BoundLiteral right } comparison:
                return MayFail(comparison.Operator, statistics(left.Column), right.Value, rowCount);
            case BoundComparison { Left: BoundLiteral left, Right: BoundColumn right } comparison:
                return MayFail(comparison.Operator.Mirrored(), statistics(right.Column), left.Value, rowCount);
            case BoundIn { Negated: false, Operand: BoundColumn } or BoundIsNull { Operand: BoundColumn }:
                return true;
            case BoundLike { Negated: false, IgnoreCase: false, Operand: BoundColumn, Pattern: BoundLiteral { Value.Value: string pattern } }:
                return LiteralPrefix(pattern).Length > 0;
            default:
                return false;
        }
    }

    private static bool MayFail(ComparisonOperator comparison, ColumnStatistics? statistics, Scalar value, long rowCount) => comparison switch
    {
        ComparisonOperator.DistinctFrom or ComparisonOperator.NotDistinctFrom or ComparisonOperator.NotEqual => false,
        ComparisonOperator.Equal => true,
        _ => MayMatch(Opposite(comparison), statistics, value, rowCount),
    };

    /// <summary>Whether the conjunct is sure to be true for every row. Errs on the side of reading.</summary>
    public static bool MustMatch(BoundExpression conjunct, Func<PlanColumn, ColumnStatistics?> statistics) => conjunct switch
    {
        BoundLiteral { Value.Value: var value } => value is true,
        BoundLogical { IsAnd: true } and => and.Operands.All(operand => MustMatch(operand, statistics)),
        BoundComparison { Left: BoundColumn left, Right: BoundLiteral right } comparison => MustMatch(comparison.Operator, statistics(left.Column), right.Value),
        BoundComparison { Left: BoundLiteral left, Right: BoundColumn right } comparison => MustMatch(comparison.Operator.Mirrored(), statistics(right.Column), left.Value),
        BoundIsNull { Negated: true, Operand: BoundColumn column } => statistics(column.Column)?.NullCount is 0,
        _ => false,
    };

    private static bool MustMatch(ComparisonOperator comparison, ColumnStatistics? statistics, Scalar value)
    {
        // NaN is in no bound, and a column of floats may hold it.
        if (statistics?.NullCount is not 0 || value.IsNull || value.Type.ValueType.IsFloat)
        {
            return false;
        }
        return comparison switch
        {
            ComparisonOperator.Equal => Compare(statistics.Min, value) is 0 && Compare(statistics.Max, value) is 0,
            ComparisonOperator.NotEqual => Compare(statistics.Min, value) is > 0 || Compare(statistics.Max, value) is < 0,
            ComparisonOperator.LessThan => Compare(statistics.Max, value) is < 0,
            ComparisonOperator.LessThanOrEqual => Compare(statistics.Max, value) is <= 0,
            ComparisonOperator.GreaterThan => Compare(statistics.Min, value) is > 0,
            ComparisonOperator.GreaterThanOrEqual => Compare(statistics.Min, value) is >= 0,
            _ => false,
        };
    }

    private static bool MayMatch(ComparisonOperator comparison, ColumnStatistics? statistics, Scalar value, long rowCount)
    {
        if (statistics is null)
        {
            return true;
        }
        if (comparison is ComparisonOperator.DistinctFrom or ComparisonOperator.NotDistinctFrom)
        {
            return true;
        }
        if (value.IsNull || statistics.NullCount == rowCount)
        {
            return false;
        }
        // Bounds leave NaN out, which is larger than every number: an upper bound says nothing of floats.
        var isFloat = value.Type.ValueType.IsFloat;
        if (isFloat && BoundOrder.IsNaN(value.Value!))
        {
            return true;
        }
        return comparison switch
        {
            ComparisonOperator.Equal => !IsBelow(value, statistics.Min) && !IsAbove(value, statistics.Max),
            ComparisonOperator.LessThan => Compare(statistics.Min, value) is not >= 0,
            ComparisonOperator.LessThanOrEqual => Compare(statistics.Min, value) is not > 0,
            ComparisonOperator.GreaterThan => isFloat || Compare(statistics.Max, value) is not <= 0,
            ComparisonOperator.GreaterThanOrEqual => isFloat || Compare(statistics.Max, value) is not < 0,
            _ => true,
        };
    }

    private static bool IsBelow(Scalar value, Scalar? bound) => Compare(bound, value) is > 0;

    private static bool IsAbove(Scalar value, Scalar? bound) => Compare(bound, value) is < 0;

    private static bool MayStartWith(ColumnStatistics? statistics, string prefix, long rowCount)
    {
        if (statistics is null || prefix.Length == 0)
        {
            return statistics is null || statistics.NullCount != rowCount;
        }
        var bytes = Encoding.UTF8.GetBytes(prefix);
        // A value that starts with the prefix lies between the prefix and the prefix followed by anything.
        if (statistics.Max?.Value is string max && Encoding.UTF8.GetBytes(max).AsSpan().SequenceCompareTo(bytes) < 0)
        {
            return false;
        }
        if (statistics.Min?.Value is not string min)
        {
            return true;
        }
        var low = Encoding.UTF8.GetBytes(min);
        return low.AsSpan(0, Math.Min(low.Length, bytes.Length)).SequenceCompareTo(bytes) <= 0;
    }

    private static string LiteralPrefix(string pattern)
    {
        var end = pattern.AsSpan().IndexOfAny('%', '_', '\\');
        return end < 0 ? pattern : pattern[..end];
    }

    /// <summary>Order of two values of one type; null when it cannot be told.</summary>
    private static int? Compare(Scalar? left, Scalar right) => left?.Value is { } a && right.Value is { } b ? BoundOrder.Compare(a, b) : null;

    private static ComparisonOperator Opposite(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.LessThan => ComparisonOperator.GreaterThanOrEqual,
        ComparisonOperator.LessThanOrEqual => ComparisonOperator.GreaterThan,
        ComparisonOperator.GreaterThan => ComparisonOperator.LessThanOrEqual,
        _ => ComparisonOperator.LessThan,
    };
}
