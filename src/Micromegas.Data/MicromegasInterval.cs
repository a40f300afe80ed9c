using System.Globalization;
using System.Text;

namespace Micromegas.Data;

/// <summary>
/// A calendar interval (Arrow <c>Interval(MonthDayNano)</c>): months and days keep their own length on the calendar, so that the three parts do not
/// carry into each other. Ordered by months, then days, then nanoseconds (spec/sql.md §5.8).
/// </summary>
/// <param name="Months">Whole months.</param>
/// <param name="Days">Whole days.</param>
/// <param name="Nanoseconds">Nanoseconds; may exceed a day.</param>
public readonly record struct MicromegasInterval(int Months, int Days, long Nanoseconds) : IComparable<MicromegasInterval>, IComparable
{
    /// <summary>An interval of the length of <paramref name="value"/>, all of it in <see cref="Nanoseconds"/>.</summary>
    /// <param name="value">The duration.</param>
    /// <exception cref="OverflowException">The duration exceeds 64 bits of nanoseconds.</exception>
    public static MicromegasInterval FromTimeSpan(TimeSpan value) => new(0, 0, checked(value.Ticks * NanoTimestamp.NanosecondsPerTick));

    /// <summary>The interval as a <see cref="TimeSpan"/>, counting a day as 24 hours, truncated to 100 ns toward zero.</summary>
    /// <exception cref="InvalidCastException">The interval has months, whose length varies.</exception>
    /// <exception cref="OverflowException">The result is outside the range of <see cref="TimeSpan"/>.</exception>
    public TimeSpan ToTimeSpan() => Months != 0
        ? throw new InvalidCastException($"The interval '{this}' has months and therefore no fixed length.")
        : new TimeSpan(checked((Days * TimeSpan.TicksPerDay) + (Nanoseconds / NanoTimestamp.NanosecondsPerTick)));

    /// <inheritdoc />
    public int CompareTo(MicromegasInterval other)
    {
        var order = Months.CompareTo(other.Months);
        order = order != 0 ? order : Days.CompareTo(other.Days);
        return order != 0 ? order : Nanoseconds.CompareTo(other.Nanoseconds);
    }

    /// <inheritdoc />
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        MicromegasInterval other => CompareTo(other),
        _ => throw new ArgumentException($"A {nameof(MicromegasInterval)} cannot be compared with a {obj.GetType()}.", nameof(obj)),
    };

    /// <summary>Shorter than, in the order of <see cref="CompareTo(MicromegasInterval)"/>.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    public static bool operator <(MicromegasInterval left, MicromegasInterval right) => left.CompareTo(right) < 0;

    /// <summary>Shorter than or equal, in the order of <see cref="CompareTo(MicromegasInterval)"/>.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    public static bool operator <=(MicromegasInterval left, MicromegasInterval right) => left.CompareTo(right) <= 0;

    /// <summary>Longer than, in the order of <see cref="CompareTo(MicromegasInterval)"/>.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    public static bool operator >(MicromegasInterval left, MicromegasInterval right) => left.CompareTo(right) > 0;

    /// <summary>Longer than or equal, in the order of <see cref="CompareTo(MicromegasInterval)"/>.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    public static bool operator >=(MicromegasInterval left, MicromegasInterval right) => left.CompareTo(right) >= 0;

    /// <summary>The text form of spec/sql.md §5.7: the non-zero parts, such as <c>13 mons 1 days 1 hours 1 mins 1.001001001 secs</c>; <c>0 secs</c> when zero.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Part(text, Months, "mons");
        Part(text, Days, "days");
        Part(text, Nanoseconds / (3_600 * NanoTimestamp.NanosecondsPerSecond), "hours");
        Part(text, Nanoseconds / (60 * NanoTimestamp.NanosecondsPerSecond) % 60, "mins");
        var belowMinute = Nanoseconds % (60 * NanoTimestamp.NanosecondsPerSecond);
        if (belowMinute != 0 || text.Length == 0)
        {
            var (seconds, fraction) = Math.DivRem(Math.Abs(belowMinute), NanoTimestamp.NanosecondsPerSecond);
            text.Append(text.Length == 0 ? "" : " ").Append(belowMinute < 0 ? "-" : "").Append(CultureInfo.InvariantCulture, $"{seconds}");
            if (fraction != 0)
            {
                text.Append(CultureInfo.InvariantCulture, $".{fraction:D9}");
            }

            text.Append(" secs");
        }

        return text.ToString();

        static void Part(StringBuilder text, long amount, string unit)
        {
            if (amount != 0)
            {
                text.Append(text.Length == 0 ? "" : " ").Append(CultureInfo.InvariantCulture, $"{amount} {unit}");
            }
        }
    }
}
