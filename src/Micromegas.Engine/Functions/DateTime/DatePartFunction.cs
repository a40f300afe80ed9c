using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine.Binding;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>The parts that <c>date_part</c> and EXTRACT know.</summary>
internal enum DatePart
{
    Year,
    IsoYear,
    Quarter,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
    DayOfWeek,
    DayOfYear,
    IsoDayOfWeek,
    Epoch,
}

/// <summary><c>date_part(part, x)</c>: Int32, but Float64 for epoch and Int64 for nanosecond (spec/sql.md §5.11).</summary>
internal sealed class DatePartFunction() : ScalarFunction("date_part", "datepart")
{
    public override string Usage => "(part, x)";

    public override string Summary => "A part of a date, time, timestamp, interval or duration.";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 2, 2);
        var part = Find(arguments.Constants[0]?.Value as string ?? throw FunctionErrors.BadArgument("date_part wants a constant part."));
        var result = part switch
        {
            DatePart.Epoch => DataType.Float64,
            DatePart.Nanosecond => DataType.Int64,
            _ => DataType.Int32,
        };
        // The narrow intervals have only the parts that they are made of.
        var lasts = arguments.Types[1].ValueType.Kind;
        if ((lasts is TypeKind.IntervalDayTime && part is DatePart.Year or DatePart.Quarter or DatePart.Month)
            || (lasts is TypeKind.IntervalYearMonth && part is not (DatePart.Year or DatePart.Month or DatePart.Epoch)))
        {
            throw FunctionErrors.BadArgument($"{part} does not support: {arguments.Types[1].ValueType}");
        }
        return Accept.Match(Name, arguments, 2, [Accept.Text, TimeArguments.Parted], _ => result);
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context)
    {
        var name = arguments[0] is LiteralExpression { Value.Value: string text } ? text : "";
        var reader = new PartReader(Find(name), signature.ArgumentTypes[1]);
        Kernel kernel = signature.ReturnType.Kind switch
        {
            TypeKind.Float64 => new PartKernel<double>(signature.ReturnType, reader),
            TypeKind.Int64 => new PartKernel<long>(signature.ReturnType, reader),
            _ => new PartKernel<int>(signature.ReturnType, reader),
        };
        arguments[0].Dispose();
        return new KernelExpression(kernel, arguments[1]);
    }

    private static DatePart Find(string name) => name.ToLowerInvariant() switch
    {
        "isoyear" => DatePart.IsoYear,
        "quarter" or "qtr" => DatePart.Quarter,
        "dow" => DatePart.DayOfWeek,
        "doy" => DatePart.DayOfYear,
        "isodow" => DatePart.IsoDayOfWeek,
        "epoch" => DatePart.Epoch,
        var other => IntervalText.FindUnit(Encoding.UTF8.GetBytes(other)) switch
        {
            IntervalUnit.Year => DatePart.Year,
            IntervalUnit.Month => DatePart.Month,
            IntervalUnit.Week => DatePart.Week,
            IntervalUnit.Day => DatePart.Day,
            IntervalUnit.Hour => DatePart.Hour,
            IntervalUnit.Minute => DatePart.Minute,
            IntervalUnit.Second => DatePart.Second,
            IntervalUnit.Millisecond => DatePart.Millisecond,
            IntervalUnit.Microsecond => DatePart.Microsecond,
            IntervalUnit.Nanosecond => DatePart.Nanosecond,
            _ => throw FunctionErrors.BadArgument(
                $"Date part '{name}' not supported",
                BindingError.Nearest(name, [
                    "year", "isoyear", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond", "microsecond", "nanosecond", "dow", "isodow",
                    "doy", "epoch",
                ])),
        },
    };
}

/// <summary>Takes one part of values of one type.</summary>
internal sealed class PartReader(DatePart part, DataType type)
{
    private readonly Zone? zone = type.TimeZone is null ? null : Zone.Find(type.TimeZone);
    private readonly long perSecond = type.Kind is TypeKind.Date32 or TypeKind.IntervalMonthDayNano ? 1 : TimeUnits.PerSecond(type.Unit);

    public DataType Type => type;

    /// <summary>A part of a date, time of day, timestamp or duration.</summary>
    public double Read(long value)
    {
        if (part == DatePart.Epoch)
        {
            return type.Kind == TypeKind.Date32 ? value * 86_400.0 : (double)value / perSecond;
        }
        if (type.Kind == TypeKind.Duration)
        {
            return OfDuration((Int128)value * TimeUnits.Nanoseconds(type.Unit));
        }
        if (type.Kind == TypeKind.Date32)
        {
            return OfDay(value);
        }
        var local = zone?.ToLocal(value, perSecond * 86_400) ?? value;
        if (part is >= DatePart.Hour and <= DatePart.Nanosecond)
        {
            return OfClock(TimeUnits.FloorRemainder(local, perSecond * 86_400) * TimeUnits.Nanoseconds(type.Unit));
        }
        if (type.Kind != TypeKind.Timestamp)
        {
            Throw.Engine(SqlState.InvalidParameterValue, $"{type} has no date part '{part}'");
        }
        return OfDay(TimeUnits.FloorDivide(local, perSecond * 86_400));
    }

    public double Read(MonthDayNano value) => part == DatePart.Epoch
        ? (value.Months * 2_592_000.0) + (value.Days * 86_400.0) + (value.Nanoseconds / 1e9)
        : OfLasting(value.Months, value.Days, value.Nanoseconds);

    private double OfClock(long nanoseconds) => part switch
    {
        DatePart.Hour => nanoseconds / 3_600_000_000_000,
        DatePart.Minute => nanoseconds / 60_000_000_000 % 60,
        DatePart.Second => nanoseconds / 1_000_000_000 % 60,
        DatePart.Millisecond => nanoseconds / 1_000_000 % 60_000,
        DatePart.Microsecond => nanoseconds / 1_000 % 60_000_000,
        _ => nanoseconds % 60_000_000_000,
    };

    private double OfDay(long day) => part switch
    {
        DatePart.Year => Calendar.ToCivil(day).Year,
        DatePart.IsoYear => Calendar.IsoWeek(day).Year,
        DatePart.Quarter => ((Calendar.ToCivil(day).Month - 1) / 3) + 1,
        DatePart.Month => Calendar.ToCivil(day).Month,
        DatePart.Week => Calendar.IsoWeek(day).Week,
        DatePart.Day => Calendar.ToCivil(day).Day,
        DatePart.DayOfWeek => (Calendar.Weekday(day) + 1) % 7,
        DatePart.DayOfYear => Calendar.DayOfYear(day),
        DatePart.IsoDayOfWeek => Calendar.Weekday(day) + 1,
        _ => 0,
    };

    /// <summary>All of a duration in whole units: 90 minutes have one hour and ninety minutes, as upstream counts.</summary>
    private double OfDuration(Int128 nanoseconds) => (double)(part switch
    {
        DatePart.Week => nanoseconds / (7 * (Int128)TimeUnits.NanosecondsPerDay),
        DatePart.Day => nanoseconds / TimeUnits.NanosecondsPerDay,
        DatePart.Hour => nanoseconds / 3_600_000_000_000,
        DatePart.Minute => nanoseconds / 60_000_000_000,
        DatePart.Second => nanoseconds / TimeUnits.NanosecondsPerSecond,
        DatePart.Millisecond => nanoseconds / 1_000_000,
        DatePart.Microsecond => nanoseconds / 1_000,
        DatePart.Nanosecond => nanoseconds,
        _ => throw new EngineException(SqlState.InvalidParameterValue, $"{part} does not support: {type}"),
    });

    private double OfLasting(int months, int days, Int128 nanoseconds)
    {
        switch (part)
        {
            case DatePart.Year:
                return months / 12;
            case DatePart.Quarter:
                return (months % 12 / 3) + 1;
            case DatePart.Month:
                return months % 12;
            case DatePart.Week:
                return days / 7;
            case DatePart.Day:
                return days;
            case DatePart.Hour:
                return (double)(nanoseconds / 3_600_000_000_000);
            case >= DatePart.Hour and <= DatePart.Nanosecond:
                return OfClock((long)(nanoseconds % TimeUnits.NanosecondsPerDay));
            default:
                Throw.Engine(SqlState.InvalidParameterValue, $"{type} has no date part '{part}'");
                return 0;
        }
    }
}

internal sealed unsafe class PartKernel<T>(DataType result, PartReader reader) : FlatKernel<T>(result)
    where T : unmanaged, System.Numerics.INumberBase<T>
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<T> output)
    {
        var target = output.Values;
        if (reader.Type.Kind == TypeKind.IntervalMonthDayNano)
        {
            var intervals = new FlatReader<MonthDayNano>(arguments[0]);
            foreach (var row in rows)
            {
                target[row] = T.CreateTruncating(reader.Read(intervals[row]));
            }
            return;
        }
        if (reader.Type.FlatSize == 4)
        {
            var shorts = new FlatReader<int>(arguments[0]);
            foreach (var row in rows)
            {
                target[row] = T.CreateTruncating(reader.Read(shorts[row]));
            }
            return;
        }
        var longs = new FlatReader<long>(arguments[0]);
        foreach (var row in rows)
        {
            target[row] = T.CreateTruncating(reader.Read(longs[row]));
        }
    }
}
