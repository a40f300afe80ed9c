using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary><c>date_trunc(part, time)</c> (spec/sql.md §5.11); zoned times are cut by their local clock.</summary>
internal sealed class DateTruncFunction() : ScalarFunction("date_trunc", "datetrunc")
{
    public override string Usage => "(part, time)";

    public override string Summary => "The time cut down to a part: year, quarter, month, week, day, hour, minute, second, millisecond, microsecond.";

    public override FunctionSignature Resolve(FunctionArguments arguments) =>
        Accept.Match(Name, arguments, 2, [Accept.Text, TimeArguments.TimestampOrTime], static types => types[1]);

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context) =>
        new KernelExpression(new DateTruncKernel(signature.ReturnType), [.. arguments]);
}

internal sealed unsafe class DateTruncKernel(DataType type) : FlatKernel(type)
{
    private readonly Zone? zone = type.TimeZone is null ? null : Zone.Find(type.TimeZone);
    private readonly long ticksPerDay = TimeUnits.PerDay(TimeArguments.Unit(type));

    protected override void Run(Vector[] arguments, RowSet rows, FlatVector output)
    {
        var parts = new BytesReader(arguments[0]);
        var isShort = Type.FlatSize == 4;
        var shorts = isShort ? new FlatReader<int>(arguments[1]) : default;
        var longs = isShort ? default : new FlatReader<long>(arguments[1]);
        var isConstant = arguments[0] is ConstantVector;
        var unit = IntervalUnit.Nanosecond;
        var isQuarter = false;
        var isMade = false;
        // Times mostly come in order: the bounds of the last result save the calendar.
        long low = 1, high = 0, value = 0;
        if (isConstant && rows.IsDense && rows.Count > 0 && arguments[1] is FlatVector<long> plain)
        {
            unit = Part(parts[0], out isQuarter);
            var from = plain.Values;
            var to = (long*)output.Data;
            for (var row = 0; row < rows.Count; row = BinRows.Fill(from, to, row + 1, rows.Count, low, high, value))
            {
                to[row] = value = Truncate(from[row], unit, isQuarter, out low, out high);
            }
            return;
        }
        foreach (var row in rows)
        {
            if (!isMade || !isConstant)
            {
                unit = Part(parts[row], out isQuarter);
                isMade = true;
                (low, high) = (1, 0);
            }
            var time = isShort ? shorts[row] : longs[row];
            if (time < low || time > high)
            {
                value = Truncate(time, unit, isQuarter, out low, out high);
            }
            if (isShort)
            {
                ((int*)output.Data)[row] = (int)value;
            }
            else
            {
                ((long*)output.Data)[row] = value;
            }
        }
    }

    private IntervalUnit Part(ReadOnlySpan<byte> name, out bool isQuarter)
    {
        isQuarter = Ascii.EqualsIgnoreCase(name, "quarter"u8);
        var part = isQuarter ? IntervalUnit.Month : Encoding.UTF8.GetString(name).ToLowerInvariant() switch
        {
            "year" => IntervalUnit.Year,
            "month" => IntervalUnit.Month,
            "week" => IntervalUnit.Week,
            "day" => IntervalUnit.Day,
            "hour" => IntervalUnit.Hour,
            "minute" => IntervalUnit.Minute,
            "second" => IntervalUnit.Second,
            "millisecond" => IntervalUnit.Millisecond,
            "microsecond" => IntervalUnit.Microsecond,
            _ => IntervalUnit.Century,
        };
        if (part == IntervalUnit.Century || (part < IntervalUnit.Hour && Type.Kind != TypeKind.Timestamp))
        {
            throw new EngineException(SqlState.FeatureNotSupported, $"Unsupported date_trunc granularity: '{Encoding.UTF8.GetString(name)}'")
            {
                Hint = Binding.BindingError.Nearest(
                    Encoding.UTF8.GetString(name), ["year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond", "microsecond"]),
            };
        }
        return part;
    }

    private long Truncate(long time, IntervalUnit unit, bool isQuarter, out long low, out long high)
    {
        var perSecond = ticksPerDay / 86_400;
        var width = unit switch
        {
            IntervalUnit.Day => ticksPerDay,
            IntervalUnit.Hour => 3600 * perSecond,
            IntervalUnit.Minute => 60 * perSecond,
            IntervalUnit.Second => perSecond,
            IntervalUnit.Millisecond => Math.Max(perSecond / 1_000, 1),
            IntervalUnit.Microsecond => Math.Max(perSecond / 1_000_000, 1),
            _ => 0,
        };
        if (zone is { IsUtc: false } && unit <= IntervalUnit.Minute)
        {
            low = high = time;
            var local = zone.ToLocal(time, ticksPerDay);
            var start = width != 0 ? Floor(local, width) : Floor(local, unit, isQuarter, out _);
            return zone.ToInstant(start, ticksPerDay, time);
        }
        if (width != 0)
        {
            low = Floor(time, width);
            high = low > long.MaxValue - width ? long.MaxValue : low + width - 1;
            return low;
        }
        low = Floor(time, unit, isQuarter, out var end);
        high = (long)Int128.Clamp(end - 1, long.MinValue, long.MaxValue);
        return low;
    }

    private static long Floor(long time, long width)
    {
        var rest = TimeUnits.FloorRemainder(time, width);
        if (time < long.MinValue + rest)
        {
            Throw.Overflow("date_trunc result is out of range");
        }
        return time - rest;
    }

    /// <summary>Cuts to weeks, months, quarters or years of the calendar.</summary>
    private long Floor(long time, IntervalUnit unit, bool isQuarter, out Int128 end)
    {
        var day = TimeUnits.FloorDivide(time, ticksPerDay);
        long start, next;
        if (unit == IntervalUnit.Week)
        {
            start = day - Calendar.Weekday(day);
            next = start + 7;
        }
        else
        {
            var date = Calendar.ToCivil(day);
            var month = unit == IntervalUnit.Year ? 1 : isQuarter ? ((date.Month - 1) / 3 * 3) + 1 : date.Month;
            start = Calendar.FromCivil(date.Year, month, 1);
            next = Calendar.AddMonths(start, unit == IntervalUnit.Year ? 12 : isQuarter ? 3 : 1);
        }
        var result = (Int128)start * ticksPerDay;
        end = (Int128)next * ticksPerDay;
        if (result < long.MinValue)
        {
            Throw.Overflow("date_trunc result is out of range");
        }
        return (long)result;
    }
}
