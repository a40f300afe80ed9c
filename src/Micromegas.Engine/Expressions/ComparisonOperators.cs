namespace Micromegas.Engine.Expressions;

/// <summary>Comparison operators turned over.</summary>
public static class ComparisonOperators
{
    /// <summary>The operator for exchanged operands: <c>a &lt; b</c> is <c>b &gt; a</c>.</summary>
    public static ComparisonOperator Mirrored(this ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.LessThan => ComparisonOperator.GreaterThan,
        ComparisonOperator.LessThanOrEqual => ComparisonOperator.GreaterThanOrEqual,
        ComparisonOperator.GreaterThan => ComparisonOperator.LessThan,
        ComparisonOperator.GreaterThanOrEqual => ComparisonOperator.LessThanOrEqual,
        _ => comparison,
    };

    /// <summary>The comparison that is true where this one is false, and unknown where this one is.</summary>
    public static ComparisonOperator Negated(this ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Equal => ComparisonOperator.NotEqual,
        ComparisonOperator.NotEqual => ComparisonOperator.Equal,
        ComparisonOperator.LessThan => ComparisonOperator.GreaterThanOrEqual,
        ComparisonOperator.LessThanOrEqual => ComparisonOperator.GreaterThan,
        ComparisonOperator.GreaterThan => ComparisonOperator.LessThanOrEqual,
        ComparisonOperator.GreaterThanOrEqual => ComparisonOperator.LessThan,
        ComparisonOperator.DistinctFrom => ComparisonOperator.NotDistinctFrom,
        _ => ComparisonOperator.DistinctFrom,
    };
}
