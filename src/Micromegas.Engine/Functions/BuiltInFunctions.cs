namespace Micromegas.Engine.Functions;

/// <summary>The tables of functions, family by family.</summary>
internal static class BuiltInFunctions
{
    public static IEnumerable<ScalarFunction> Scalars() =>
    [
        .. ArithmeticFunctions.All,
        .. StringFunctions.All,
        .. MathFunctions.All,
        new GreatestFunction("greatest", isGreatest: true),
        new GreatestFunction("least", isGreatest: false),
        .. EncodingFunctions.All,
        .. DateTimeFunctions.All,
        .. RegexFunctions.All,
        .. TypeFunctions.All,
        .. ArrayFunctions.All,
        .. StructFunctions.All,
        .. MapFunctions.All,
        .. JsonbFunctions.All,
        .. PropertyFunctions.All,
        .. HistogramFunctions.All,
        .. ColorFunctions.All,
    ];

    public static IEnumerable<AggregateFunction> Aggregates() =>
    [
        .. AggregateFunctions.All,
        new MakeHistogramFunction(),
        new SumHistogramsFunction(),
    ];
}
