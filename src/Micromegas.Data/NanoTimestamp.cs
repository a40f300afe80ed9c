using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Micromegas.Data;

/// <summary>
/// An instant with nanosecond resolution: nanoseconds since 1970-01-01T00:00:00Z on the proleptic Gregorian calendar, UTC, without leap seconds.
/// The range is that of a 64-bit count: 1677-09-21T00:12:43.145224192Z to 2262-04-11T23:47:16.854775807Z.
/// </summary>
/// <remarks>
/// <see cref="DateTime"/> and <see cref="DateTimeOffset"/> convert implicitly (a <see cref="DateTimeKind.Unspecified"/> value counts as UTC, a local one is
/// converted); the way back is explicit because it truncates to 100 ns, toward the past.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public readonly partial struct NanoTimestamp
    : IEquatable<NanoTimestamp>, IComparable<NanoTimestamp>, IComparable, ISpanFormattable, ISpanParsable<NanoTimestamp>, IUtf8SpanFormattable
{
    internal const long NanosecondsPerTick = 100;
    internal const long NanosecondsPerSecond = 1_000_000_000;
    internal const long NanosecondsPerDay = 86_400 * NanosecondsPerSecond;

    /// <summary>Creates the instant that lies <paramref name="unixNanoseconds"/> nanoseconds after 1970-01-01T00:00:00Z.</summary>
    /// <param name="unixNanoseconds">Nanoseconds since the Unix epoch; negative before it.</param>
    public NanoTimestamp(long unixNanoseconds) => UnixNanoseconds = unixNanoseconds;

    /// <summary>Creates the instant of a calendar date and time of day in UTC.</summary>
    /// <param name="year">1677 to 2262.</param>
    /// <param name="month">1 to 12.</param>
    /// <param name="day">1 to the length of the month.</param>
    /// <param name="hour">0 to 23.</param>
    /// <param name="minute">0 to 59.</param>
    /// <param name="second">0 to 59.</param>
    /// <param name="nanosecond">Nanoseconds below the second, 0 to 999,999,999.</param>
    /// <exception cref="ArgumentOutOfRangeException">A part is outside its range.</exception>
    /// <exception cref="OverflowException">The instant is outside the range of the type.</exception>
    public NanoTimestamp(int year, int month, int day, int hour = 0, int minute = 0, int second = 0, int nanosecond = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nanosecond);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(nanosecond, (int)NanosecondsPerSecond);
        var ticks = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks;
        UnixNanoseconds = FromTicks(ticks, nanosecond);
    }

    /// <summary>The earliest instant, 1677-09-21T00:12:43.145224192Z.</summary>
    public static NanoTimestamp MinValue => new(long.MinValue);

    /// <summary>The latest instant, 2262-04-11T23:47:16.854775807Z.</summary>
    public static NanoTimestamp MaxValue => new(long.MaxValue);

    /// <summary>1970-01-01T00:00:00Z.</summary>
    public static NanoTimestamp UnixEpoch => default;

    /// <summary>Nanoseconds since 1970-01-01T00:00:00Z.</summary>
    public long UnixNanoseconds { get; }

    /// <summary>The year in UTC.</summary>
    public int Year => ToDateTime().Year;

    /// <summary>The month in UTC, 1 to 12.</summary>
    public int Month => ToDateTime().Month;

    /// <summary>The day of the month in UTC, 1 to 31.</summary>
    public int Day => ToDateTime().Day;

    /// <summary>The hour of the day in UTC, 0 to 23.</summary>
    public int Hour => ToDateTime().Hour;

    /// <summary>The minute of the hour, 0 to 59.</summary>
    public int Minute => ToDateTime().Minute;

    /// <summary>The second of the minute, 0 to 59.</summary>
    public int Second => ToDateTime().Second;

    /// <summary>The nanoseconds below the second, 0 to 999,999,999.</summary>
    public int NanosecondOfSecond => (int)FloorModulo(UnixNanoseconds, NanosecondsPerSecond);

    /// <summary>The day of the week in UTC.</summary>
    public DayOfWeek DayOfWeek => ToDateTime().DayOfWeek;

    /// <summary>The day of the year in UTC, 1 to 366.</summary>
    public int DayOfYear => ToDateTime().DayOfYear;

    /// <summary>The midnight in UTC at or before this instant.</summary>
    /// <exception cref="OverflowException">The midnight lies before <see cref="MinValue"/>.</exception>
    public NanoTimestamp Date => Floor(TimeSpan.FromDays(1));

    /// <summary>The instant of <paramref name="timeProvider"/>'s clock.</summary>
    /// <param name="timeProvider">The clock; the system's when null.</param>
    public static NanoTimestamp GetUtcNow(TimeProvider? timeProvider = null) => FromDateTimeOffset((timeProvider ?? TimeProvider.System).GetUtcNow());

    /// <summary>Converts a <see cref="DateTime"/>: <see cref="DateTimeKind.Unspecified"/> counts as UTC, local times are converted.</summary>
    /// <param name="value">The value.</param>
    /// <exception cref="OverflowException">The instant is outside the range of the type.</exception>
    public static NanoTimestamp FromDateTime(DateTime value)
        => new(FromTicks((value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : value).Ticks, 0));

    /// <summary>Converts a <see cref="DateTimeOffset"/>.</summary>
    /// <param name="value">The value.</param>
    /// <exception cref="OverflowException">The instant is outside the range of the type.</exception>
    public static NanoTimestamp FromDateTimeOffset(DateTimeOffset value) => new(FromTicks(value.UtcTicks, 0));

    /// <summary>This instant as a <see cref="DateTime"/> of kind UTC, truncated to 100 ns toward the past.</summary>
    public DateTime ToDateTime() => new(DateTime.UnixEpoch.Ticks + FloorDivide(UnixNanoseconds, NanosecondsPerTick), DateTimeKind.Utc);

    /// <summary>This instant as a <see cref="DateTimeOffset"/> with offset zero, truncated to 100 ns toward the past.</summary>
    public DateTimeOffset ToDateTimeOffset() => new(ToDateTime());

    /// <summary>The instant <paramref name="nanoseconds"/> later.</summary>
    /// <param name="nanoseconds">Nanoseconds; negative goes back.</param>
    /// <exception cref="OverflowException">The result is outside the range of the type.</exception>
    public NanoTimestamp AddNanoseconds(long nanoseconds) => new(checked(UnixNanoseconds + nanoseconds));

    /// <summary>The instant <paramref name="duration"/> later.</summary>
    /// <param name="duration">The duration; negative goes back.</param>
    /// <exception cref="OverflowException">The result is outside the range of the type.</exception>
    public NanoTimestamp Add(TimeSpan duration) => new(checked((long)(UnixNanoseconds + ((Int128)duration.Ticks * NanosecondsPerTick))));

    /// <summary>The instant <paramref name="duration"/> earlier.</summary>
    /// <param name="duration">The duration; negative goes forward.</param>
    /// <exception cref="OverflowException">The result is outside the range of the type.</exception>
    public NanoTimestamp Subtract(TimeSpan duration) => new(checked((long)(UnixNanoseconds - ((Int128)duration.Ticks * NanosecondsPerTick))));

    /// <summary>The duration from <paramref name="earlier"/> to this instant, truncated to 100 ns toward the past.</summary>
    /// <param name="earlier">The other instant.</param>
    public TimeSpan Subtract(NanoTimestamp earlier)
        => new(checked((long)FloorDivide((Int128)UnixNanoseconds - earlier.UnixNanoseconds, NanosecondsPerTick)));

    /// <summary>Nanoseconds from <paramref name="earlier"/> to this instant.</summary>
    /// <param name="earlier">The other instant.</param>
    /// <exception cref="OverflowException">The distance does not fit 64 bits.</exception>
    public long NanosecondsSince(NanoTimestamp earlier) => checked(UnixNanoseconds - earlier.UnixNanoseconds);

    /// <summary>The start of the bin of length <paramref name="stride"/>, counted from the Unix epoch, that holds this instant (SQL: <c>date_bin</c>).</summary>
    /// <param name="stride">The length of a bin; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="stride"/> is not positive.</exception>
    /// <exception cref="OverflowException">The bin starts before <see cref="MinValue"/>.</exception>
    public NanoTimestamp Floor(TimeSpan stride)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(stride, TimeSpan.Zero);
        var length = (Int128)stride.Ticks * NanosecondsPerTick;
        return new(checked((long)(FloorDivide(UnixNanoseconds, length) * length)));
    }

    /// <inheritdoc />
    public bool Equals(NanoTimestamp other) => UnixNanoseconds == other.UnixNanoseconds;

    /// <inheritdoc />
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is NanoTimestamp other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => UnixNanoseconds.GetHashCode();

    /// <inheritdoc />
    public int CompareTo(NanoTimestamp other) => UnixNanoseconds.CompareTo(other.UnixNanoseconds);

    /// <inheritdoc />
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        NanoTimestamp other => CompareTo(other),
        _ => throw new ArgumentException($"A {nameof(NanoTimestamp)} cannot be compared with a {obj.GetType()}.", nameof(obj)),
    };

    /// <summary>Converts a <see cref="DateTime"/> as <see cref="FromDateTime"/> does.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator NanoTimestamp(DateTime value) => FromDateTime(value);

    /// <summary>Converts a <see cref="DateTimeOffset"/>.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator NanoTimestamp(DateTimeOffset value) => FromDateTimeOffset(value);

    /// <summary>Converts to a <see cref="DateTime"/> of kind UTC, truncated to 100 ns toward the past.</summary>
    /// <param name="value">The value.</param>
    public static explicit operator DateTime(NanoTimestamp value) => value.ToDateTime();

    /// <summary>Converts to a <see cref="DateTimeOffset"/>, truncated to 100 ns toward the past.</summary>
    /// <param name="value">The value.</param>
    public static explicit operator DateTimeOffset(NanoTimestamp value) => value.ToDateTimeOffset();

    /// <summary>Equality.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    public static bool operator ==(NanoTimestamp left, NanoTimestamp right) => left.UnixNanoseconds == right.UnixNanoseconds;

    /// <summary>Inequality.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    public static bool operator !=(NanoTimestamp left, NanoTimestamp right) => left.UnixNanoseconds != right.UnixNanoseconds;

    /// <summary>Earlier than.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    public static bool operator <(NanoTimestamp left, NanoTimestamp right) => left.UnixNanoseconds < right.UnixNanoseconds;

    /// <summary>Earlier than or equal.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    public static bool operator <=(NanoTimestamp left, NanoTimestamp right) => left.UnixNanoseconds <= right.UnixNanoseconds;

    /// <summary>Later than.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    public static bool operator >(NanoTimestamp left, NanoTimestamp right) => left.UnixNanoseconds > right.UnixNanoseconds;

    /// <summary>Later than or equal.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    public static bool operator >=(NanoTimestamp left, NanoTimestamp right) => left.UnixNanoseconds >= right.UnixNanoseconds;

    /// <summary>The instant <paramref name="duration"/> later.</summary>
    /// <param name="value">The instant.</param>
    /// <param name="duration">The duration.</param>
    public static NanoTimestamp operator +(NanoTimestamp value, TimeSpan duration) => value.Add(duration);

    /// <summary>The instant <paramref name="duration"/> earlier.</summary>
    /// <param name="value">The instant.</param>
    /// <param name="duration">The duration.</param>
    public static NanoTimestamp operator -(NanoTimestamp value, TimeSpan duration) => value.Subtract(duration);

    /// <summary>The duration between two instants, truncated to 100 ns toward the past.</summary>
    /// <param name="left">The later instant.</param>
    /// <param name="right">The earlier instant.</param>
    public static TimeSpan operator -(NanoTimestamp left, NanoTimestamp right) => left.Subtract(right);

    internal static long FromTicks(long ticks, int nanosecond)
    {
        var nanoseconds = ((Int128)(ticks - DateTime.UnixEpoch.Ticks) * NanosecondsPerTick) + nanosecond;
        if (nanoseconds < long.MinValue || nanoseconds > long.MaxValue)
        {
            throw new OverflowException(string.Create(CultureInfo.InvariantCulture,
                $"{new DateTime(ticks):yyyy-MM-ddTHH:mm:ss} is outside the range of {nameof(NanoTimestamp)}, 1677-09-21T00:12:43 to 2262-04-11T23:47:16."));
        }

        return (long)nanoseconds;
    }

    internal static long FloorDivide(long value, long divisor)
    {
        var quotient = Math.DivRem(value, divisor, out var remainder);
        return remainder < 0 ? quotient - 1 : quotient;
    }

    internal static long FloorModulo(long value, long divisor)
    {
        var remainder = value % divisor;
        return remainder < 0 ? remainder + divisor : remainder;
    }

    private static Int128 FloorDivide(Int128 value, Int128 divisor)
    {
        var quotient = value / divisor;
        return value % divisor < 0 ? quotient - 1 : quotient;
    }
}
