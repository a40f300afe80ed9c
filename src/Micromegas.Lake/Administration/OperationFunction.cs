using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Lake.Tables;

namespace Micromegas.Lake.Administration;

/// <summary>A table function that does something to the lake when its rows are asked for; planning and EXPLAIN do nothing.</summary>
/// <param name="name">Its name.</param>
/// <param name="usage">Its arguments, as documentation shows them.</param>
/// <param name="summary">One sentence.</param>
/// <param name="required">How many arguments it must have.</param>
/// <param name="arguments">What each argument is called and of which kind it is.</param>
/// <param name="columns">The columns of its rows.</param>
/// <param name="run">Does the work.</param>
internal sealed class OperationFunction<TRow>(
    string name, string usage, string summary, int required, IReadOnlyList<OperationArgument> arguments, IReadOnlyList<RowColumn<TRow>> columns,
    Func<OperationArguments, CancellationToken, ValueTask<IReadOnlyList<TRow>>> run) : TableFunction(name)
{
    public override string Usage => usage;

    public override string Summary => summary;

    public override ValueTask<ITable> BindAsync(
        IReadOnlyList<Scalar> values, IReadOnlyDictionary<string, Scalar> named, QueryContext context, CancellationToken cancellationToken)
    {
        if (named.Count > 0 || values.Count < required || values.Count > arguments.Count)
        {
            throw new EngineException(SqlState.UndefinedFunction, $"{Name} is called as {Name}{Usage}");
        }
        var bound = new OperationArguments([.. values.Select((value, i) => arguments[i].Convert(Name, value))]);
        return ValueTask.FromResult<ITable>(new RowTable<TRow>(columns, (_, ct) => run(bound, ct)));
    }
}

/// <summary>Of which kind an argument is.</summary>
internal enum OperationArgumentKind
{
    Text,
    Time,
    Seconds,
    Flag,
}

/// <summary>An argument of an operation.</summary>
internal sealed record OperationArgument(string Name, OperationArgumentKind Kind)
{
    public object Convert(string function, Scalar value) => (Kind, value.Value) switch
    {
        (OperationArgumentKind.Text, string text) => text,
        (OperationArgumentKind.Time, long time) when value.Type.Kind == TypeKind.Timestamp => Nanoseconds(time, value.Type.Unit),
        (OperationArgumentKind.Time, string text) when NanosecondsOf(text) is { } time => time,
        (OperationArgumentKind.Seconds, long or int or short or sbyte) =>
            checked(System.Convert.ToInt64(value.Value, System.Globalization.CultureInfo.InvariantCulture) * 1_000_000_000),
        (OperationArgumentKind.Flag, bool flag) => flag,
        _ => throw new EngineException(SqlState.InvalidParameterValue, $"{function}: {Name} must be {Describe()}"),
    };

    private static long Nanoseconds(long time, TimeUnit unit) => checked(unit switch
    {
        TimeUnit.Second => time * 1_000_000_000,
        TimeUnit.Millisecond => time * 1_000_000,
        TimeUnit.Microsecond => time * 1_000,
        _ => time,
    });

    private static long? NanosecondsOf(string text) => DateTimeOffset.TryParse(
        text, System.Globalization.CultureInfo.InvariantCulture,
        System.Globalization.DateTimeStyles.AssumeUniversal | System.Globalization.DateTimeStyles.AdjustToUniversal, out DateTimeOffset time)
        ? checked((time.UtcTicks - DateTime.UnixEpoch.Ticks) * 100)
        : null;

    private string Describe() => Kind switch
    {
        OperationArgumentKind.Text => "a text",
        OperationArgumentKind.Time => "a timestamp",
        OperationArgumentKind.Seconds => "a whole number of seconds",
        _ => "true or false",
    };
}

/// <summary>The values of a call.</summary>
internal sealed class OperationArguments(object[] values)
{
    public string Text(int index) => (string)values[index];

    public string? OptionalText(int index) => index < values.Length ? (string)values[index] : null;

    public long Number(int index) => (long)values[index];

    public bool Flag(int index) => index < values.Length && (bool)values[index];
}
