using System.Runtime.CompilerServices;
using Micromegas.Columnar;

namespace Micromegas.Data.Reading;

/// <summary>Integers that count a unit of time. <c>GetInt64</c> gives the count itself; <see cref="TimeSpan"/> ticks are truncated toward the past.</summary>
internal abstract class TemporalColumn<T>(Field field) : FlatColumn<T>(field)
    where T : unmanaged
{
    protected sealed override DirectKind Stored => typeof(T) == typeof(long) ? DirectKind.Int64 : DirectKind.None;

    internal sealed override long GetInt64(int row) => Count(row);

    // A count of units is 64 bits wide or a mistake.
    protected sealed override long GetCount(int row, Type wanted) => throw Mismatch(wanted);

    protected long Count(int row)
    {
        var value = this[row];
        return typeof(T) == typeof(int) ? Unsafe.As<T, int>(ref value) : Unsafe.As<T, long>(ref value);
    }

    /// <summary>The count in nanoseconds.</summary>
    protected long Nanoseconds(int row, TimeUnit unit)
    {
        var nanoseconds = (Int128)Count(row) * unit switch
        {
            TimeUnit.Second => NanoTimestamp.NanosecondsPerSecond,
            TimeUnit.Millisecond => 1_000_000,
            TimeUnit.Microsecond => 1_000,
            _ => 1,
        };
        return nanoseconds >= long.MinValue && nanoseconds <= long.MaxValue
            ? (long)nanoseconds
            : throw new OverflowException($"The value of column '{Field.Name}', {Count(row)} {unit}s, does not fit 64 bits of nanoseconds.");
    }

    /// <summary>The count in units of 100 ns.</summary>
    protected long Ticks(int row, TimeUnit unit)
    {
        var count = Count(row);
        if (unit == TimeUnit.Nanosecond)
        {
            return NanoTimestamp.FloorDivide(count, NanoTimestamp.NanosecondsPerTick);
        }

        var ticks = (Int128)count * unit switch
        {
            TimeUnit.Second => TimeSpan.TicksPerSecond,
            TimeUnit.Millisecond => TimeSpan.TicksPerMillisecond,
            _ => TimeSpan.TicksPerMicrosecond,
        };
        return ticks >= long.MinValue && ticks <= long.MaxValue
            ? (long)ticks
            : throw new OverflowException($"The value of column '{Field.Name}', {count} {unit}s, is outside the range of System.TimeSpan.");
    }

    /// <summary>The instant so many units of 100 ns after the Unix epoch.</summary>
    protected DateTime SinceEpoch(long ticks)
    {
        var fromYearOne = (Int128)DateTime.UnixEpoch.Ticks + ticks;
        return fromYearOne >= DateTime.MinValue.Ticks && fromYearOne <= DateTime.MaxValue.Ticks
            ? new DateTime((long)fromYearOne, DateTimeKind.Utc)
            : throw new OverflowException($"The value of column '{Field.Name}' is outside the range of System.DateTime.");
    }
}

/// <summary>Timestamps of every unit; zones do not change the instant.</summary>
internal sealed class TimestampColumn(Field field) : TemporalColumn<long>(field)
{
    internal override Type ClrType => typeof(DateTime);

    internal override object GetValue(int row) => GetDateTime(row);

    internal override DateTime GetDateTime(int row) => SinceEpoch(Ticks(row, Type.Unit));

    internal override NanoTimestamp GetNanoTimestamp(int row) => new(Nanoseconds(row, Type.Unit));

    internal override DateOnly GetDateOnly(int row) => DateOnly.FromDateTime(GetDateTime(row));
}

/// <summary>Dates: days (Date32) or milliseconds (Date64) since 1970.</summary>
internal sealed class DateColumn<T>(Field field) : TemporalColumn<T>(field)
    where T : unmanaged
{
    internal override Type ClrType => typeof(DateTime);

    internal override object GetValue(int row) => GetDateTime(row);

    internal override DateTime GetDateTime(int row) => SinceEpoch(typeof(T) == typeof(int) ? Count(row) * TimeSpan.TicksPerDay : Ticks(row, TimeUnit.Millisecond));

    internal override NanoTimestamp GetNanoTimestamp(int row) => NanoTimestamp.FromDateTime(GetDateTime(row));

    internal override DateOnly GetDateOnly(int row) => DateOnly.FromDateTime(GetDateTime(row));
}

/// <summary>Times of day (Time32, Time64).</summary>
internal sealed class TimeColumn<T>(Field field) : TemporalColumn<T>(field)
    where T : unmanaged
{
    internal override Type ClrType => typeof(TimeSpan);

    internal override object GetValue(int row) => GetTimeSpan(row);

    internal override TimeSpan GetTimeSpan(int row) => new(Ticks(row, Type.Unit));

    internal override TimeOnly GetTimeOnly(int row) => new(Ticks(row, Type.Unit));
}

/// <summary>Durations.</summary>
internal sealed class DurationColumn(Field field) : TemporalColumn<long>(field)
{
    internal override Type ClrType => typeof(TimeSpan);

    internal override object GetValue(int row) => GetTimeSpan(row);

    internal override TimeSpan GetTimeSpan(int row) => new(Ticks(row, Type.Unit));

    internal override MicromegasInterval GetInterval(int row) => new(0, 0, Nanoseconds(row, Type.Unit));
}

/// <summary>Calendar intervals of the three kinds, all read as <see cref="MicromegasInterval"/>.</summary>
internal sealed class IntervalColumn<T>(Field field) : FlatColumn<T>(field)
    where T : unmanaged
{
    internal override Type ClrType => typeof(MicromegasInterval);

    internal override object GetValue(int row) => GetInterval(row);

    internal override TimeSpan GetTimeSpan(int row) => GetInterval(row).ToTimeSpan();

    internal override MicromegasInterval GetInterval(int row)
    {
        var value = this[row];
        if (typeof(T) == typeof(MonthDayNano))
        {
            var all = Unsafe.As<T, MonthDayNano>(ref value);
            return new(all.Months, all.Days, all.Nanoseconds);
        }

        if (typeof(T) == typeof(int))
        {
            return new(Unsafe.As<T, int>(ref value), 0, 0);
        }

        // Days in the low half, milliseconds in the high half.
        var dayTime = Unsafe.As<T, long>(ref value);
        return new(0, (int)dayTime, (dayTime >> 32) * 1_000_000);
    }
}
