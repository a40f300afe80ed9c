using Micromegas.Columnar;
using Micromegas.Engine.Functions;
using Calendar = Micromegas.Engine.Functions.Calendar;

namespace Micromegas.Engine.Expressions;

/// <summary>The text of dates, times and spans of time (spec/sql.md §5.6).</summary>
internal static class TimeForms
{
    public static void Date(ref BytesWriter writer, long days)
    {
        var date = Calendar.ToCivil(days);
        if (date.Year is >= 0 and <= 9999)
        {
            NumberForms.Padded(ref writer, date.Year, 4);
        }
        else
        {
            writer.Append(date.Year < 0 ? (byte)'-' : (byte)'+');
            NumberForms.Padded(ref writer, Math.Abs(date.Year), 4);
        }
        writer.Append((byte)'-');
        NumberForms.Padded(ref writer, date.Month, 2);
        writer.Append((byte)'-');
        NumberForms.Padded(ref writer, date.Day, 2);
    }

    /// <summary><c>HH:MM:SS</c> and 3, 6 or 9 digits where there is a fraction.</summary>
    public static void TimeOfDay(ref BytesWriter writer, long nanoseconds)
    {
        var seconds = nanoseconds / TimeUnits.NanosecondsPerSecond;
        NumberForms.Padded(ref writer, seconds / 3600, 2);
        writer.Append((byte)':');
        NumberForms.Padded(ref writer, seconds / 60 % 60, 2);
        writer.Append((byte)':');
        NumberForms.Padded(ref writer, seconds % 60, 2);
        Fraction(ref writer, nanoseconds % TimeUnits.NanosecondsPerSecond);
    }

    public static void Timestamp(ref BytesWriter writer, long ticks, TimeUnit unit, Zone? zone)
    {
        var perSecond = TimeUnits.PerSecond(unit);
        var seconds = TimeUnits.FloorDivide(ticks, perSecond);
        var fraction = TimeUnits.FloorRemainder(ticks, perSecond) * TimeUnits.Nanoseconds(unit);
        var offset = zone?.OffsetAt(seconds) ?? 0;
        seconds += offset;
        var day = TimeUnits.FloorDivide(seconds, 86_400);
        Date(ref writer, day);
        writer.Append((byte)'T');
        TimeOfDay(ref writer, ((seconds - (day * 86_400)) * TimeUnits.NanosecondsPerSecond) + fraction);
        if (zone is null)
        {
            return;
        }
        if (offset == 0)
        {
            writer.Append((byte)'Z');
            return;
        }
        writer.Append(offset < 0 ? (byte)'-' : (byte)'+');
        offset = Math.Abs(offset);
        NumberForms.Padded(ref writer, offset / 3600, 2);
        writer.Append((byte)':');
        NumberForms.Padded(ref writer, offset / 60 % 60, 2);
    }

    /// <summary><c>D days H hours M mins S.fff secs</c>; every part carries its own minus.</summary>
    public static void Duration(ref BytesWriter writer, long ticks, TimeUnit unit)
    {
        var perSecond = TimeUnits.PerSecond(unit);
        var seconds = ticks / perSecond;
        var fraction = ticks % perSecond;
        writer.Append(seconds / 86_400);
        writer.Append(" days "u8);
        writer.Append(seconds / 3600 % 24);
        writer.Append(" hours "u8);
        writer.Append(seconds / 60 % 60);
        writer.Append(" mins "u8);
        if (ticks < 0 && (seconds % 60 != 0 || fraction != 0))
        {
            writer.Append((byte)'-');
        }
        writer.Append(Math.Abs(seconds % 60));
        if (unit != TimeUnit.Second)
        {
            writer.Append((byte)'.');
            NumberForms.Padded(ref writer, Math.Abs(fraction), unit == TimeUnit.Millisecond ? 3 : unit == TimeUnit.Microsecond ? 6 : 9);
        }
        writer.Append(" secs"u8);
    }

    /// <summary><c>PT123.5S</c>: seconds alone, <c>P0D</c> when there are none.</summary>
    public static void IsoDuration(ref BytesWriter writer, long ticks, TimeUnit unit)
    {
        if (ticks < 0)
        {
            writer.Append((byte)'-');
        }
        if (ticks == 0)
        {
            writer.Append("P0D"u8);
            return;
        }
        var perSecond = TimeUnits.PerSecond(unit);
        writer.Append("PT"u8);
        writer.Append(Math.Abs(ticks / perSecond));
        var fraction = Math.Abs(ticks % perSecond);
        if (fraction != 0)
        {
            var digits = unit == TimeUnit.Millisecond ? 3 : unit == TimeUnit.Microsecond ? 6 : 9;
            for (; fraction % 10 == 0; fraction /= 10)
            {
                digits--;
            }
            writer.Append((byte)'.');
            NumberForms.Padded(ref writer, fraction, digits);
        }
        writer.Append((byte)'S');
    }

    /// <summary>The parts that are not zero; <c>0 secs</c> when all are.</summary>
    public static void Interval(ref BytesWriter writer, MonthDayNano value)
    {
        var any = false;
        Part(ref writer, value.Months, " mons"u8, ref any);
        Part(ref writer, value.Days, " days"u8, ref any);
        var seconds = value.Nanoseconds / TimeUnits.NanosecondsPerSecond;
        var fraction = value.Nanoseconds % TimeUnits.NanosecondsPerSecond;
        Part(ref writer, seconds / 3600, " hours"u8, ref any);
        Part(ref writer, seconds / 60 % 60, " mins"u8, ref any);
        seconds %= 60;
        if (seconds != 0 || fraction != 0)
        {
            if (any)
            {
                writer.Append((byte)' ');
            }
            if (seconds < 0 || fraction < 0)
            {
                writer.Append((byte)'-');
            }
            writer.Append(Math.Abs(seconds));
            writer.Append((byte)'.');
            NumberForms.Padded(ref writer, Math.Abs(fraction), 9);
            writer.Append(" secs"u8);
            any = true;
        }
        if (!any)
        {
            writer.Append("0 secs"u8);
        }
    }

    private static void Fraction(ref BytesWriter writer, long nanoseconds)
    {
        if (nanoseconds == 0)
        {
            return;
        }
        writer.Append((byte)'.');
        if (nanoseconds % 1_000_000 == 0)
        {
            NumberForms.Padded(ref writer, nanoseconds / 1_000_000, 3);
        }
        else if (nanoseconds % 1_000 == 0)
        {
            NumberForms.Padded(ref writer, nanoseconds / 1_000, 6);
        }
        else
        {
            NumberForms.Padded(ref writer, nanoseconds, 9);
        }
    }

    private static void Part(ref BytesWriter writer, long value, ReadOnlySpan<byte> unit, ref bool any)
    {
        if (value == 0)
        {
            return;
        }
        if (any)
        {
            writer.Append((byte)' ');
        }
        writer.Append(value);
        writer.Append(unit);
        any = true;
    }
}
