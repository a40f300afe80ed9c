using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Functions of dates and times (spec/sql.md §5.11, §5.12).</summary>
internal static class DateTimeFunctions
{
    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        new CurrentTimeFunction("now", DataType.TimestampNanosecond, "current_timestamp"),
        new CurrentTimeFunction("current_date", DataType.Date32, "today"),
        new CurrentTimeFunction("current_time", DataType.Time64(TimeUnit.Nanosecond)),
        new DateBinFunction(),
        new DateTruncFunction(),
        new DatePartFunction(),
        new ToTimestampFunction("to_timestamp", TimeUnit.Nanosecond, countsSeconds: true),
        new ToTimestampFunction("to_timestamp_seconds", TimeUnit.Second, countsSeconds: false),
        new ToTimestampFunction("to_timestamp_millis", TimeUnit.Millisecond, countsSeconds: false),
        new ToTimestampFunction("to_timestamp_micros", TimeUnit.Microsecond, countsSeconds: false),
        new ToTimestampFunction("to_timestamp_nanos", TimeUnit.Nanosecond, countsSeconds: false),
        new FromUnixTimeFunction(),
        new DefinedFunction("to_unixtime", "(x [, format, …])", "Seconds since 1970.", ResolveUnixTime, CreateUnixTime) { CanFail = true },
        new DefinedFunction(
            "to_date", "(x [, format, …])", "A date from text, or from days since 1970.", ResolveDate, static s => new FlatRowKernel<int>(s, ReadDate)) { CanFail = true },
        new DefinedFunction(
            "to_time", "(x [, format, …])", "The time of day of a text or a timestamp.",
            static arguments => Formats("to_time", arguments, TimeOfDay, DataType.Time64(TimeUnit.Nanosecond)),
            static s => new FlatRowKernel<long>(s, s.ArgumentTypes[0].Kind == TypeKind.Time64 ? static (a, row) => a.Int64(0, row) : ReadTime)) { CanFail = true },
        new DefinedFunction(
            "to_char", "(x, format)", "Text by a strftime-like format.",
            Accept.Fixed("to_char", DataType.Utf8, 2, TimeArguments.Parted, Accept.Text), static s => new BytesRowKernel(s, Format), "date_format") { CanFail = true },
        new DefinedFunction(
            "make_date", "(year, month, day)", "A date of its parts.", Accept.Fixed("make_date", DataType.Date32, 3, Digits, Digits, Digits),
            static s => new FlatRowKernel<int>(s, MakeDate)) { CanFail = true },
        new DefinedFunction(
            "make_time", "(hour, minute, second)", "A time of its parts.", Accept.Fixed("make_time", DataType.Time32(TimeUnit.Second), 3, Digits, Digits, Digits),
            static s => new FlatRowKernel<int>(s, MakeTime)) { CanFail = true },
        new ToLocalTimeFunction(),
    ];

    /// <summary>Texts, whole or as formats, one after the other.</summary>
    public static FunctionSignature Formats(string name, FunctionArguments arguments, Parameter first, DataType result)
    {
        FunctionErrors.CheckCount(name, arguments, 1, int.MaxValue);
        return Accept.Match(name, arguments, 1, [first, .. Enumerable.Repeat(Accept.Text, arguments.Count - 1)], _ => result);
    }

    /// <summary>Texts as they are; what has a clock as a time of day, by the clock of its zone.</summary>
    private static DataType? TimeOfDay(DataType type) => Accept.Text(type)
        ?? (type.ValueType.Kind is TypeKind.Timestamp or TypeKind.Time32 or TypeKind.Time64 ? DataType.Time64(TimeUnit.Nanosecond) : null);

    private static DataType? Digits(DataType type) =>
        type.ValueType.IsUtf8 || type.ValueType.IsInteger || type.Kind == TypeKind.Null ? DataType.Int64 : null;

    private static FunctionSignature ResolveUnixTime(FunctionArguments arguments) => Formats(
        "to_unixtime",
        arguments,
        static type => type.ValueType.IsUtf8 ? DataType.Utf8
            : type.ValueType.IsInteger ? DataType.Int64
            : type.ValueType.IsFloat || type.ValueType.IsDecimal ? DataType.Float64
            : TimeArguments.Timestamp(type) is null ? null
            : DataType.Timestamp(TimeUnit.Second, type.ValueType.TimeZone),
        DataType.Int64);

    private static Kernel CreateUnixTime(FunctionSignature signature) => signature.ArgumentTypes[0].Kind switch
    {
        TypeKind.Float64 => new FlatRowKernel<long>(signature, static (a, row) => (long)a.Float64(0, row)),
        TypeKind.Utf8 => new FlatRowKernel<long>(signature, static (a, row) => ToTimestampFunction.Read(a, row, TimeUnit.Second)),
        _ => new FlatRowKernel<long>(signature, static (a, row) => a.Int64(0, row)),
    };

    private static FunctionSignature ResolveDate(FunctionArguments arguments) => Formats(
        "to_date",
        arguments,
        static type => type.ValueType.IsUtf8 ? DataType.Utf8
            : type.ValueType.IsNumeric ? DataType.Int64
            : type.Kind == TypeKind.Null || type.ValueType.IsTemporal ? DataType.Timestamp(TimeUnit.Second) : null,
        DataType.Date32);

    private static int ReadDate(RowArguments a, int row)
    {
        if (a.Type(0).Kind == TypeKind.Int64)
        {
            return Temporal.CheckDate(0, a.Int64(0, row));
        }
        if (a.Type(0).Kind == TypeKind.Timestamp)
        {
            return (int)TimeUnits.FloorDivide(a.Int64(0, row), 86_400);
        }
        var text = a.Text(0, row);
        if (a.Count == 1)
        {
            if (!DateText.TryParse(text, out var days))
            {
                CastFailure.Text(text, DataType.Date32);
            }
            return days;
        }
        return (int)TimeUnits.FloorDivide(ToTimestampFunction.Read(a, row, TimeUnit.Second), 86_400);
    }

    private static long ReadTime(RowArguments a, int row)
    {
        var text = a.Text(0, row);
        if (a.Count == 1)
        {
            if (!TimeText.TryParse(text, out var nanoseconds))
            {
                CastFailure.Text(text, DataType.Time64(TimeUnit.Nanosecond));
            }
            return nanoseconds;
        }
        return TimeUnits.FloorRemainder(ToTimestampFunction.Read(a, row, TimeUnit.Nanosecond), TimeUnits.NanosecondsPerDay);
    }

    private static void Format(RowArguments a, int row, ref BytesWriter writer)
    {
        var format = Encoding.UTF8.GetString(a.Text(1, row));
        TimeFormat.Write(ref writer, a[0], row, a.Type(0), format);
    }

    private static int MakeDate(RowArguments a, int row)
    {
        var year = a.Int64(0, row);
        var month = a.Int64(1, row);
        var day = a.Int64(2, row);
        if (Math.Abs(year) > 262_142 || month is < 1 or > 12 || day < 1 || day > Calendar.DaysInMonth(year, (int)month))
        {
            Throw.Engine(SqlState.DatetimeFieldOverflow, $"Unable to parse date from {year}, {month}, {day}");
        }
        return (int)Calendar.FromCivil(year, (int)month, (int)day);
    }

    private static int MakeTime(RowArguments a, int row)
    {
        var hour = a.Int64(0, row);
        var minute = a.Int64(1, row);
        var second = a.Int64(2, row);
        if (hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 59)
        {
            Throw.Engine(SqlState.DatetimeFieldOverflow, $"Unable to parse time from {hour}, {minute}, {second}");
        }
        return (int)((hour * 3600) + (minute * 60) + second);
    }
}

/// <summary><c>to_local_time</c>: what the zone's clock shows, as a timestamp without zone.</summary>
internal sealed class ToLocalTimeFunction() : ScalarFunction("to_local_time")
{
    public override string Usage => "(timestamp)";

    public override string Summary => "The wall clock of the timestamp's zone.";

    public override FunctionSignature Resolve(FunctionArguments arguments) =>
        Accept.Match(Name, arguments, 1, [TimeArguments.Timestamp], static types => DataType.Timestamp(types[0].Unit));

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context) =>
        Casts.Compile(signature.ArgumentTypes[0], signature.ReturnType, false, arguments[0]);
}

/// <summary><c>from_unixtime(seconds [, zone])</c>.</summary>
internal sealed class FromUnixTimeFunction() : ScalarFunction("from_unixtime")
{
    public override string Usage => "(seconds [, zone])";

    public override string Summary => "A timestamp from seconds since 1970.";

    public override bool MayFail => false;

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        var zone = arguments.Count > 1 ? arguments.Constants[1]?.Value as string ?? throw FunctionErrors.BadArgument("from_unixtime wants a constant zone.") : null;
        if (zone is not null)
        {
            Zone.Find(zone);
        }
        return Accept.Match(Name, arguments, 1, [Accept.Int64, Accept.Text], _ => DataType.Timestamp(TimeUnit.Second, zone));
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context)
    {
        for (var i = 1; i < arguments.Count; i++)
        {
            arguments[i].Dispose();
        }
        return new RelabelExpression(signature.ReturnType, arguments[0]);
    }
}
