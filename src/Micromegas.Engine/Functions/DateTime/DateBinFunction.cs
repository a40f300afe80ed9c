using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary><c>date_bin(stride, time [, origin])</c> (spec/sql.md §5.11).</summary>
internal sealed class DateBinFunction() : ScalarFunction("date_bin")
{
    public override string Usage => "(stride, time [, origin])";

    public override string Summary => "The start of the bin of a constant width that holds the time, counted from an origin (1970); null where it leaves the type's range.";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        var signature = Accept.Match(
            Name, arguments, 2, [TimeArguments.Interval, TimeArguments.TimestampOrTime, TimeArguments.TimestampOrTime], static types => types[1]);
        if (arguments.Count < 3)
        {
            return signature;
        }
        // The origin counts in the unit of the time; its zone, if it has one, only says which instant it is.
        var time = signature.ArgumentTypes[1];
        var origin = signature.ArgumentTypes[2];
        origin = time.Kind == TypeKind.Timestamp ? DataType.Timestamp(time.Unit, origin.TimeZone) : time;
        return signature with { ArgumentTypes = [signature.ArgumentTypes[0], time, origin] };
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context) =>
        new KernelExpression(new DateBinKernel(signature.ReturnType), [.. arguments]);
}

internal sealed unsafe class DateBinKernel(DataType type) : FlatKernel(type)
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector output)
    {
        var strides = new FlatReader<MonthDayNano>(arguments[0]);
        var isShort = Type.FlatSize == 4;
        var shorts = isShort ? new FlatReader<int>(arguments[1]) : default;
        var longs = isShort ? default : new FlatReader<long>(arguments[1]);
        var origins = arguments.Length > 2 && !isShort ? new FlatReader<long>(arguments[2]) : default;
        var shortOrigins = arguments.Length > 2 && isShort ? new FlatReader<int>(arguments[2]) : default;
        var bin = default(DateBin);
        var isConstant = arguments[0] is ConstantVector && (arguments.Length < 3 || arguments[2] is ConstantVector);
        var isMade = false;
        // Times mostly come in order: the bounds of the last bin save a division.
        long low = 1, high = 0, value = 0;
        if (isConstant && !isShort && rows.IsDense && rows.Count > 0 && arguments[1] is FlatVector<long> plain)
        {
            bin = new DateBin(strides[0], arguments.Length < 3 ? 0 : origins[0], Type);
            var from = plain.Values;
            var to = (long*)output.Data;
            for (var row = 0; row < rows.Count; row = BinRows.Fill(from, to, row + 1, rows.Count, low, high, value))
            {
                if (bin.Start(from[row], out low, out high) is { } start)
                {
                    to[row] = value = start;
                    continue;
                }
                Nulls.Set(output, row);
            }
            return;
        }
        foreach (var row in rows)
        {
            if (!isMade || !isConstant)
            {
                var origin = arguments.Length < 3 ? 0 : isShort ? shortOrigins[row] : origins[row];
                bin = new DateBin(strides[row], origin, Type);
                isMade = true;
                (low, high) = (1, 0);
            }
            var time = isShort ? shorts[row] : longs[row];
            if (time < low || time > high)
            {
                if (bin.Start(time, out low, out high) is not { } start)
                {
                    Nulls.Set(output, row);
                    continue;
                }
                value = start;
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
}

/// <summary>Bins of one stride and origin, in ticks.</summary>
internal readonly struct DateBin
{
    private readonly long stride;
    private readonly long months;
    private readonly long origin;
    private readonly long ticksPerDay;
    private readonly long nanosecondsPerTick;

    public DateBin(MonthDayNano interval, long origin, DataType type)
    {
        this.origin = origin;
        ticksPerDay = TimeUnits.PerDay(TimeArguments.Unit(type));
        nanosecondsPerTick = TimeUnits.Nanoseconds(TimeArguments.Unit(type));
        var nanoseconds = ((Int128)interval.Days * TimeUnits.NanosecondsPerDay) + interval.Nanoseconds;
        if (interval.Months != 0)
        {
            if (nanoseconds != 0)
            {
                Throw.Engine(SqlState.FeatureNotSupported, "DATE_BIN stride does not support combination of month, day and nanosecond intervals");
            }
            if (type.Kind != TypeKind.Timestamp)
            {
                Throw.Engine(SqlState.InvalidParameterValue, "DATE_BIN stride of a time of day must be less than one day");
            }
            months = interval.Months;
            return;
        }
        var tick = nanosecondsPerTick;
        if (nanoseconds == 0)
        {
            Throw.Engine(SqlState.InvalidParameterValue, "DATE_BIN stride must be non-zero");
        }
        if (nanoseconds % tick != 0)
        {
            // Finer than a tick: every tick starts a bin.
            nanoseconds = Int128.Max(nanoseconds / tick, 1) * tick;
        }
        if (type.Kind != TypeKind.Timestamp && Int128.Abs(nanoseconds) >= TimeUnits.NanosecondsPerDay)
        {
            Throw.Engine(SqlState.InvalidParameterValue, "DATE_BIN stride of a time of day must be less than one day");
        }
        var ticks = nanoseconds / tick;
        if (Int128.Abs(ticks) > long.MaxValue)
        {
            Throw.Overflow("DATE_BIN stride is out of range");
        }
        stride = (long)ticks;
    }

    /// <summary>
    /// The start of the bin, and the first and last time that surely share it; null (and no such time) where the start, the distance from the origin or
    /// an operand leaves the range of nanoseconds, in which upstream computes.
    /// </summary>
    public long? Start(long time, out long low, out long high)
    {
        (low, high) = (1, 0);
        if (!IsNanoseconds((Int128)time * nanosecondsPerTick) || !IsNanoseconds((Int128)origin * nanosecondsPerTick))
        {
            return null;
        }
        if (months != 0)
        {
            var month = Months(time);
            (low, high) = month is null ? (1, 0) : (time, time);
            return month;
        }
        var difference = (Int128)time - origin;
        if (!IsNanoseconds(difference * nanosecondsPerTick))
        {
            return null;
        }
        var width = Math.Abs(stride);
        var rest = difference % width;
        // A negative stride rounds times before the origin toward it, as upstream does.
        var start = difference - rest - (rest < 0 && stride > 1 ? width : 0) + origin;
        if (!IsNanoseconds(start * nanosecondsPerTick))
        {
            return null;
        }
        low = stride > 1 ? (long)start : time;
        high = stride > 1 ? (long)Int128.Min(start + width - 1, long.MaxValue) : time;
        return (long)start;
    }

    private static bool IsNanoseconds(Int128 value) => value >= long.MinValue && value <= long.MaxValue;

    private long? Months(long time)
    {
        var originDate = Calendar.ToCivil(TimeUnits.FloorDivide(origin, ticksPerDay));
        var date = Calendar.ToCivil(TimeUnits.FloorDivide(time, ticksPerDay));
        var difference = ((date.Year - originDate.Year) * 12) + date.Month - originDate.Month;
        var delta = Distance(difference);
        var start = Shifted(delta);
        return start > time ? Shifted(Distance(delta - 1)) : start;
    }

    private long Distance(long difference)
    {
        var rest = difference % months;
        var distance = difference - rest;
        return rest < 0 && months > 1 ? distance - months : distance;
    }

    private long? Shifted(long delta)
    {
        var day = Calendar.AddMonths(TimeUnits.FloorDivide(origin, ticksPerDay), delta);
        var ticks = ((Int128)day * ticksPerDay) + TimeUnits.FloorRemainder(origin, ticksPerDay);
        return IsNanoseconds(ticks * nanosecondsPerTick) ? (long)ticks : null;
    }
}
