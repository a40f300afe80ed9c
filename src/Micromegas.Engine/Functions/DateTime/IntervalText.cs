using System.Text;
using Micromegas.Columnar;

namespace Micromegas.Engine.Functions;

/// <summary>Units of an interval text, in the order of their length.</summary>
public enum IntervalUnit
{
    Century,
    Decade,
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
}

/// <summary>Reads intervals from text: pairs of amount and unit (spec/sql.md §5.5).</summary>
public static class IntervalText
{
    private const int FractionDigits = 15;
    private const long FractionOne = 1_000_000_000_000_000;

    /// <summary>The interval of an <c>INTERVAL '…'</c> literal.</summary>
    /// <param name="text">Amounts and units; a trailing unit keyword is appended by the caller.</param>
    /// <param name="defaultUnit">Unit of a lone number: seconds in <c>INTERVAL '5'</c>, months in <c>'5'::interval</c>.</param>
    /// <exception cref="EngineException">The text is no interval (22007).</exception>
    public static MonthDayNano Parse(string text, IntervalUnit defaultUnit) => TryParse(Encoding.UTF8.GetBytes(text), defaultUnit, out var interval)
        ? interval
        : throw new EngineException(SqlState.InvalidDatetimeFormat, $"Invalid input syntax for type interval: \"{text}\"");

    /// <summary>The unit of a name such as <c>mins</c>; null when it is none.</summary>
    public static IntervalUnit? FindUnit(ReadOnlySpan<byte> name)
    {
        if (name.Length > 12 || !Ascii.IsValid(name))
        {
            return null;
        }
        return Encoding.ASCII.GetString(name).ToLowerInvariant() switch
        {
            "c" or "cent" or "cents" or "century" or "centuries" => IntervalUnit.Century,
            "dec" or "decs" or "decade" or "decades" => IntervalUnit.Decade,
            "y" or "yr" or "yrs" or "year" or "years" => IntervalUnit.Year,
            "mon" or "mons" or "month" or "months" => IntervalUnit.Month,
            "w" or "week" or "weeks" => IntervalUnit.Week,
            "d" or "day" or "days" => IntervalUnit.Day,
            "h" or "hr" or "hrs" or "hour" or "hours" => IntervalUnit.Hour,
            "m" or "min" or "mins" or "minute" or "minutes" => IntervalUnit.Minute,
            "s" or "sec" or "secs" or "second" or "seconds" => IntervalUnit.Second,
            "ms" or "msec" or "msecs" or "msecond" or "mseconds" or "millisecond" or "milliseconds" => IntervalUnit.Millisecond,
            "us" or "usec" or "usecs" or "usecond" or "useconds" or "microsecond" or "microseconds" => IntervalUnit.Microsecond,
            "nanosecond" or "nanoseconds" => IntervalUnit.Nanosecond,
            _ => null,
        };
    }

    /// <summary>Like <see cref="Parse"/>, but false for a text that is no interval.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, IntervalUnit defaultUnit, out MonthDayNano interval)
    {
        interval = default;
        Int128 months = 0, days = 0, nanoseconds = 0;
        var seen = 0;
        var cursor = new TextCursor(text);
        cursor.SkipBlanks();
        if (cursor.IsAtEnd)
        {
            return false;
        }
        while (!cursor.IsAtEnd)
        {
            if (!TryAmount(ref cursor, out var whole, out var fraction))
            {
                return false;
            }
            cursor.SkipBlanks();
            var start = cursor.Position;
            while (!cursor.IsAtEnd && cursor.Next is not (byte)' ' && !cursor.IsAtDigit && cursor.Next is not ((byte)'-' or (byte)'+' or (byte)'.'))
            {
                cursor.Position++;
            }
            IntervalUnit unit;
            if (cursor.Position == start)
            {
                // The last number may stand without a unit; alone also without blanks.
                if (!cursor.IsAtEnd || (seen == 0 && (text[0] == (byte)' ' || text[^1] == (byte)' ')))
                {
                    return false;
                }
                unit = defaultUnit;
            }
            else if (FindUnit(text[start..cursor.Position]) is { } named)
            {
                unit = named;
            }
            else
            {
                return false;
            }
            if ((seen & (1 << (int)unit)) != 0)
            {
                return false;
            }
            seen |= 1 << (int)unit;
            Add(unit, whole, fraction, ref months, ref days, ref nanoseconds);
            cursor.SkipBlanks();
        }
        if (months < int.MinValue || months > int.MaxValue || days < int.MinValue || days > int.MaxValue
            || nanoseconds < long.MinValue || nanoseconds > long.MaxValue)
        {
            return false;
        }
        interval = new MonthDayNano((int)months, (int)days, (long)nanoseconds);
        return true;
    }

    private static void Add(IntervalUnit unit, Int128 whole, Int128 fraction, ref Int128 months, ref Int128 days, ref Int128 nanoseconds)
    {
        switch (unit)
        {
            case IntervalUnit.Century or IntervalUnit.Decade or IntervalUnit.Year:
                var perUnit = unit == IntervalUnit.Century ? 1200 : unit == IntervalUnit.Decade ? 120 : 12;
                months += (whole * perUnit) + (fraction * perUnit / FractionOne);
                break;
            case IntervalUnit.Month:
                months += whole;
                days += fraction * 30 / FractionOne;
                break;
            case IntervalUnit.Week or IntervalUnit.Day:
                var daysPerUnit = unit == IntervalUnit.Week ? 7 : 1;
                days += whole * daysPerUnit;
                nanoseconds += fraction * daysPerUnit * TimeUnits.NanosecondsPerDay / FractionOne;
                break;
            default:
                Int128 perPart = unit switch
                {
                    IntervalUnit.Hour => 3_600_000_000_000,
                    IntervalUnit.Minute => 60_000_000_000,
                    IntervalUnit.Second => 1_000_000_000,
                    IntervalUnit.Millisecond => 1_000_000,
                    IntervalUnit.Microsecond => 1_000,
                    _ => 1,
                };
                nanoseconds += (whole * perPart) + (fraction * perPart / FractionOne);
                break;
        }
    }

    /// <summary>A signed decimal number; the fraction, of at most 15 digits, has the sign of the whole.</summary>
    private static bool TryAmount(ref TextCursor cursor, out Int128 whole, out Int128 fraction)
    {
        whole = 0;
        fraction = 0;
        var isNegative = cursor.Next == (byte)'-';
        if (isNegative || cursor.Next == (byte)'+')
        {
            cursor.Position++;
        }
        var digits = 0;
        for (; cursor.IsAtDigit; cursor.Position++)
        {
            whole = (whole * 10) + (cursor.Next - '0');
            if (++digits > 19)
            {
                return false;
            }
        }
        if (cursor.TrySkip((byte)'.'))
        {
            var unit = FractionOne / 10;
            for (var i = 0; cursor.IsAtDigit; cursor.Position++, i++)
            {
                if (i >= FractionDigits)
                {
                    return false;
                }
                fraction += (cursor.Next - '0') * (Int128)unit;
                unit /= 10;
                digits++;
            }
        }
        if (isNegative)
        {
            (whole, fraction) = (-whole, -fraction);
        }
        return digits > 0;
    }
}
