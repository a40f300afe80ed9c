namespace Micromegas.Engine.Functions;

/// <summary>The aggregate functions (spec/sql.md §5.13).</summary>
internal static class AggregateFunctions
{
    public static IReadOnlyList<AggregateFunction> All { get; } =
    [
        new CountFunction(),
        new SumFunction(),
        new AverageFunction(),
        new MinMaxFunction("min", isMax: false),
        new MinMaxFunction("max", isMax: true),
        new FirstLastFunction("first_value", isLast: false),
        new FirstLastFunction("last_value", isLast: true),
        new NthValueFunction(),
        new ArrayAggregateFunction(),
        new StringAggregateFunction(),
        new BitAggregateFunction("bit_and"),
        new BitAggregateFunction("bit_or"),
        new BitAggregateFunction("bit_xor"),
        new BooleanAggregateFunction("bool_and", isAnd: true),
        new BooleanAggregateFunction("bool_or", isAnd: false),
        new VarianceFunction("var", isSample: true, isDeviation: false, "var_samp", "var_sample"),
        new VarianceFunction("var_pop", isSample: false, isDeviation: false, "var_population"),
        new VarianceFunction("stddev", isSample: true, isDeviation: true, "stddev_samp"),
        new VarianceFunction("stddev_pop", isSample: false, isDeviation: true),
        new MedianFunction(),
        new PercentileFunction(),
        new ApproximatePercentileFunction("approx_percentile_cont", isMedian: false, hasWeight: false),
        new ApproximatePercentileFunction("approx_percentile_cont_with_weight", isMedian: false, hasWeight: true),
        new ApproximatePercentileFunction("approx_median", isMedian: true, hasWeight: false),
        new ApproximateDistinctFunction(),
        .. PairFunction.All,
    ];
}
