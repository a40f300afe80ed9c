using Micromegas.Columnar;
using Micromegas.Engine.Functions;

namespace Micromegas.Engine.Expressions;

/// <summary>A conversion between times whose values lie as 32- or 64-bit integers; false when the result is out of range.</summary>
internal delegate bool TimeConversion(long value, out long result);

/// <summary>Converts one kind of time into another.</summary>
internal sealed unsafe class TimeConversionKernel(DataType from, DataType to, TimeConversion convert, bool isTry) : FlatKernel(to)
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector output)
    {
        var isShort = from.FlatSize == 4;
        var shorts = isShort ? new FlatReader<int>(arguments[0]) : default;
        var longs = isShort ? default : new FlatReader<long>(arguments[0]);
        foreach (var row in rows)
        {
            var value = isShort ? shorts[row] : longs[row];
            if (convert(value, out var result) && (Type.FlatSize == 8 || result is >= int.MinValue and <= int.MaxValue))
            {
                if (Type.FlatSize == 8)
                {
                    ((long*)output.Data)[row] = result;
                }
                else
                {
                    ((int*)output.Data)[row] = (int)result;
                }
            }
            else if (isTry)
            {
                Nulls.Set(output, row);
            }
            else
            {
                CastFailure.Number(value, Type);
            }
        }
    }
}

/// <summary>To and from intervals.</summary>
internal sealed unsafe class ToIntervalKernel(DataType from) : FlatKernel<MonthDayNano>(DataType.IntervalMonthDayNano)
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<MonthDayNano> output)
    {
        var isShort = from.FlatSize == 4;
        var shorts = isShort ? new FlatReader<int>(arguments[0]) : default;
        var longs = isShort ? default : new FlatReader<long>(arguments[0]);
        foreach (var row in rows)
        {
            output.Values[row] = from.Kind switch
            {
                TypeKind.IntervalYearMonth => new MonthDayNano(shorts[row], 0, 0),
                TypeKind.IntervalDayTime => new MonthDayNano(0, (int)longs[row], (longs[row] >> 32) * 1_000_000),
                _ => new MonthDayNano(0, 0, Scale(isShort ? shorts[row] : longs[row])),
            };
        }
    }

    private long Scale(long ticks)
    {
        var result = (Int128)ticks * TimeUnits.Nanoseconds(from.Unit);
        if (result < long.MinValue || result > long.MaxValue)
        {
            CastFailure.Number(ticks, Type);
        }
        return (long)result;
    }
}

internal sealed unsafe class IntervalToDurationKernel(DataType to, bool isTry) : FlatKernel<long>(to)
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<long> output)
    {
        var reader = new FlatReader<MonthDayNano>(arguments[0]);
        foreach (var row in rows)
        {
            var value = reader[row];
            var nanoseconds = ((Int128)value.Days * TimeUnits.NanosecondsPerDay) + value.Nanoseconds;
            var ticks = nanoseconds / TimeUnits.Nanoseconds(Type.Unit);
            if (value.Months == 0 && ticks >= long.MinValue && ticks <= long.MaxValue)
            {
                output.Values[row] = (long)ticks;
            }
            else if (isTry)
            {
                Nulls.Set(output, row);
            }
            else
            {
                CastFailure.Number(value, Type);
            }
        }
    }
}

/// <summary>Chooses the kernels between dates, times, timestamps, durations and intervals.</summary>
internal static class TemporalCasts
{
    public static Kernel? Create(DataType from, DataType to, bool isTry)
    {
        if (to.Kind == TypeKind.IntervalMonthDayNano)
        {
            return new ToIntervalKernel(from);
        }
        if (from.IsInterval)
        {
            return to.Kind == TypeKind.Duration ? new IntervalToDurationKernel(to, isTry) : null;
        }
        var conversion = Find(from, to);
        return conversion is null ? null : new TimeConversionKernel(from, to, conversion, isTry);
    }

    private static TimeConversion? Find(DataType from, DataType to) => (from.Kind, to.Kind) switch
    {
        (TypeKind.Timestamp, TypeKind.Timestamp) => Timestamps(from, to),
        (TypeKind.Timestamp, TypeKind.Date32) => ToDate(from, 1),
        (TypeKind.Timestamp, TypeKind.Date64) => ToDate(from, 86_400_000),
        (TypeKind.Timestamp, TypeKind.Time32 or TypeKind.Time64) => ToTime(from, to),
        (TypeKind.Date32, TypeKind.Timestamp) => FromDate(to, 1),
        (TypeKind.Date64, TypeKind.Timestamp) => FromDate(to, 86_400_000),
        (TypeKind.Date32, TypeKind.Date64) => static (long value, out long result) => Scale(value, 1, 86_400_000, out result),
        (TypeKind.Date64, TypeKind.Date32) => static (long value, out long result) =>
        {
            result = TimeUnits.FloorDivide(value, 86_400_000);
            return true;
        },
        (TypeKind.Time32 or TypeKind.Time64, TypeKind.Time32 or TypeKind.Time64) or (TypeKind.Duration, TypeKind.Duration) =>
            (long value, out long result) => Scale(value, TimeUnits.PerSecond(from.Unit), TimeUnits.PerSecond(to.Unit), out result),
        _ => null,
    };

    private static TimeConversion Timestamps(DataType from, DataType to)
    {
        var source = from.TimeZone is null ? null : Zone.Find(from.TimeZone);
        var target = to.TimeZone is null ? null : Zone.Find(to.TimeZone);
        var (fromPerSecond, toPerSecond) = (TimeUnits.PerSecond(from.Unit), TimeUnits.PerSecond(to.Unit));
        return (long value, out long result) =>
        {
            if (source is null && target is { IsUtc: false })
            {
                // The wall clock is read in the target's zone.
                var seconds = TimeUnits.FloorDivide(value, fromPerSecond);
                var offset = target.OffsetOfLocal(seconds, out var isUnique);
                if (!isUnique)
                {
                    result = 0;
                    return false;
                }
                value -= offset * fromPerSecond;
            }
            else if (target is null && source is { IsUtc: false })
            {
                value = source.ToLocal(value, fromPerSecond * 86_400);
            }
            return Scale(value, fromPerSecond, toPerSecond, out result);
        };
    }

    private static TimeConversion ToDate(DataType from, long ticksPerDay)
    {
        var zone = from.TimeZone is null ? null : Zone.Find(from.TimeZone);
        var perDay = TimeUnits.PerDay(from.Unit);
        return (long value, out long result) =>
        {
            result = TimeUnits.FloorDivide(zone?.ToLocal(value, perDay) ?? value, perDay) * ticksPerDay;
            return true;
        };
    }

    private static TimeConversion ToTime(DataType from, DataType to)
    {
        var zone = from.TimeZone is null ? null : Zone.Find(from.TimeZone);
        var perDay = TimeUnits.PerDay(from.Unit);
        return (long value, out long result) => Scale(
            TimeUnits.FloorRemainder(zone?.ToLocal(value, perDay) ?? value, perDay),
            TimeUnits.PerSecond(from.Unit),
            TimeUnits.PerSecond(to.Unit),
            out result);
    }

    private static TimeConversion FromDate(DataType to, long ticksPerDay)
    {
        var zone = to.TimeZone is null ? null : Zone.Find(to.TimeZone);
        var perDay = TimeUnits.PerDay(to.Unit);
        return (long value, out long result) =>
        {
            if (!Scale(value, ticksPerDay, perDay, out result))
            {
                return false;
            }
            result = zone?.ToInstant(result, perDay) ?? result;
            return true;
        };
    }

    /// <summary>Changes the unit, truncating toward zero; false when the result is out of range.</summary>
    private static bool Scale(long value, long from, long to, out long result)
    {
        if (from >= to)
        {
            result = value / (from / to);
            return true;
        }
        var scaled = (Int128)value * (to / from);
        result = (long)Int128.Clamp(scaled, long.MinValue, long.MaxValue);
        return result == scaled;
    }
}
