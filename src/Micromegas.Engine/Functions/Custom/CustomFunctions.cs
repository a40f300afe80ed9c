using Micromegas.Columnar;

namespace Micromegas.Engine.Functions;

/// <summary>
/// Functions made of C# delegates. They take and give bool, int, long, float, double, string, byte[], DateTime (UTC) and TimeSpan; a parameter that is Nullable is
/// called with NULL, for any other NULL gives NULL. Delegates are called by several threads at a time.
/// </summary>
public static class CustomFunctions
{
    /// <summary>A function of one argument.</summary>
    public static ScalarFunction Scalar<T, TResult>(string name, Func<T, TResult> function, bool isDeterministic = true) =>
        new CustomScalarFunction<TResult>(name, [Parameter<T>()], (a, row) => function(ClrValue<T>.Read(a, 0, row)), isDeterministic);

    /// <summary>A function of two arguments.</summary>
    public static ScalarFunction Scalar<T1, T2, TResult>(string name, Func<T1, T2, TResult> function, bool isDeterministic = true) =>
        new CustomScalarFunction<TResult>(
            name, [Parameter<T1>(), Parameter<T2>()], (a, row) => function(ClrValue<T1>.Read(a, 0, row), ClrValue<T2>.Read(a, 1, row)), isDeterministic);

    /// <summary>A function of three arguments.</summary>
    public static ScalarFunction Scalar<T1, T2, T3, TResult>(string name, Func<T1, T2, T3, TResult> function, bool isDeterministic = true) =>
        new CustomScalarFunction<TResult>(
            name, [Parameter<T1>(), Parameter<T2>(), Parameter<T3>()],
            (a, row) => function(ClrValue<T1>.Read(a, 0, row), ClrValue<T2>.Read(a, 1, row), ClrValue<T3>.Read(a, 2, row)), isDeterministic);

    /// <summary>An aggregate that folds the values of a group, NULLs left out, in no particular order.</summary>
    public static AggregateFunction Aggregate<T, TState, TResult>(string name, Func<TState> seed, Func<TState, T, TState> add, Func<TState, TResult> result) =>
        new CustomAggregateFunction<T, TState, TResult>(name, seed, add, result);

    /// <summary>A table function: from the constant arguments of the call to rows.</summary>
    public static TableFunction Table<TRow>(
        string name, Func<IReadOnlyList<object?>, IEnumerable<TRow>> rows, IReadOnlyList<(Field Field, Func<TRow, object?> Value)> columns) =>
        new CustomTableFunction<TRow>(name, rows, columns);

    private static (Func<DataType, bool> Accepts, DataType Type, bool TakesNull) Parameter<T>() =>
        (ClrValue<T>.Accepts, ClrValue<T>.ArgumentType, ClrValue<T>.TakesNull);
}
