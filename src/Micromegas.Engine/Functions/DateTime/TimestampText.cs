using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Reads timestamps from text (spec/sql.md §5.5).</summary>
public static class TimestampText
{
    /// <summary>Reads ticks since 1970. A text without zone counts in <paramref name="zone"/>, or in UTC; one with zone is an instant.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> text, TimeUnit unit, Zone? zone, out long ticks)
    {
        ticks = 0;
        if (!TryParseParts(text, out var localSeconds, out var nanoseconds, out var own))
        {
            return false;
        }
        var seconds = localSeconds;
        if ((own ?? zone) is { IsUtc: false } local)
        {
            seconds -= local.OffsetOfLocal(localSeconds, out var isUnique);
            if (!isUnique)
            {
                return false;
            }
        }
        var result = ((Int128)seconds * TimeUnits.PerSecond(unit)) + (nanoseconds / TimeUnits.Nanoseconds(unit));
        if (result < long.MinValue || result > long.MaxValue)
        {
            return false;
        }
        ticks = (long)result;
        return true;
    }

    /// <summary>What the text's clock shows, and its zone when it names one.</summary>
    internal static bool TryParseParts(ReadOnlySpan<byte> text, out long localSeconds, out long nanoseconds, out Zone? zone)
    {
        localSeconds = 0;
        nanoseconds = 0;
        zone = null;
        var cursor = new TextCursor(text);
        if (!cursor.TryDigits(4, out var year) || !cursor.TrySkip((byte)'-') || !cursor.TryDigits(2, out var month)
            || !cursor.TrySkip((byte)'-') || !cursor.TryDigits(2, out var day)
            || month is < 1 or > 12 || day < 1 || day > Calendar.DaysInMonth(year, month))
        {
            return false;
        }
        localSeconds = Calendar.FromCivil(year, month, day) * 86_400;
        if (cursor.IsAtEnd)
        {
            return true;
        }
        if (cursor.Next is not ((byte)'T' or (byte)'t' or (byte)' '))
        {
            return false;
        }
        cursor.Position++;
        if (!cursor.TryDigits(2, out var hour))
        {
            return false;
        }
        int minute, second;
        if (cursor.TrySkip((byte)':'))
        {
            if (!cursor.TryDigits(2, out minute) || !cursor.TrySkip((byte)':') || !cursor.TryDigits(2, out second) || !cursor.TryFraction(out nanoseconds))
            {
                return false;
            }
        }
        else if (!cursor.TryDigits(2, out minute) || !cursor.TryDigits(2, out second))
        {
            return false;
        }
        // A leap second counts as the first second of the next minute.
        if (hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }
        localSeconds += (hour * 3600) + (minute * 60) + second;
        cursor.SkipBlanks();
        return cursor.IsAtEnd || TryZone(cursor.Rest, out zone);
    }

    private static bool TryZone(ReadOnlySpan<byte> text, out Zone? zone)
    {
        zone = null;
        if (text.Length > 64 || !Ascii.IsValid(text))
        {
            return false;
        }
        if (text is [(byte)'Z'] or [(byte)'z'])
        {
            zone = Zone.Utc;
            return true;
        }
        zone = Zone.TryFind(Encoding.ASCII.GetString(text));
        return zone is not null;
    }
}

/// <summary>Reads dates from text.</summary>
internal static class DateText
{
    /// <summary><c>YYYY-MM-DD</c>, also with fewer digits, <c>YYYYMMDD</c>, longer years with a sign, or the date of a timestamp text.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        var cursor = new TextCursor(text);
        if (text.Length == 8 && cursor.TryDigits(8, out var packed))
        {
            return TryMake(packed / 10_000, packed / 100 % 100, packed % 100, out days);
        }
        cursor = new TextCursor(text);
        var isSigned = cursor.Next is (byte)'+' or (byte)'-';
        var isNegative = cursor.Next == (byte)'-';
        if (isSigned)
        {
            cursor.Position++;
        }
        var start = cursor.Position;
        if (!cursor.TryDigitsUpTo(9, out var year) || cursor.Position - start < 4 || (!isSigned && cursor.Position - start > 4)
            || !cursor.TrySkip((byte)'-') || !cursor.TryDigitsUpTo(2, out var month)
            || !cursor.TrySkip((byte)'-') || !cursor.TryDigitsUpTo(2, out var day))
        {
            return false;
        }
        if (cursor.IsAtEnd)
        {
            return TryMake(isNegative ? -(long)year : year, month, day, out days);
        }
        if (!TimestampText.TryParseParts(text, out var seconds, out _, out var zone))
        {
            return false;
        }
        if (zone is not null)
        {
            seconds -= zone.OffsetOfLocal(seconds, out _);
        }
        days = (int)TimeUnits.FloorDivide(seconds, 86_400);
        return true;
    }

    private static bool TryMake(long year, int month, int day, out int days)
    {
        days = 0;
        if (month is < 1 or > 12 || day < 1 || day > Calendar.DaysInMonth(year, month) || Math.Abs(year) > 5_000_000)
        {
            return false;
        }
        days = (int)Calendar.FromCivil(year, month, day);
        return true;
    }
}

/// <summary>Reads times of day from text.</summary>
internal static class TimeText
{
    /// <summary><c>H:MM</c>, <c>HH:MM</c>, <c>HH:MM:SS</c> with fraction, optionally with AM or PM.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long nanoseconds)
    {
        nanoseconds = 0;
        var cursor = new TextCursor(text);
        if (!cursor.TryDigitsUpTo(2, out var hour) || !cursor.TrySkip((byte)':') || !cursor.TryDigits(2, out var minute))
        {
            return false;
        }
        var second = 0;
        long fraction = 0;
        if (cursor.TrySkip((byte)':') && (!cursor.TryDigits(2, out second) || !cursor.TryFraction(out fraction)))
        {
            return false;
        }
        cursor.SkipBlanks();
        if (!cursor.IsAtEnd)
        {
            var isEvening = Ascii.EqualsIgnoreCase(cursor.Rest, "pm"u8);
            if ((!isEvening && !Ascii.EqualsIgnoreCase(cursor.Rest, "am"u8)) || hour is < 1 or > 12)
            {
                return false;
            }
            hour = (hour % 12) + (isEvening ? 12 : 0);
        }
        if (hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }
        nanoseconds = (((hour * 3600L) + (minute * 60) + second) * TimeUnits.NanosecondsPerSecond) + fraction;
        return true;
    }

    /// <summary>What a cast reads as a time of day: a time, or a whole number of ticks.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, TimeUnit unit, out long ticks)
    {
        if (TryParse(text, out var nanoseconds))
        {
            ticks = nanoseconds / TimeUnits.Nanoseconds(unit);
            return true;
        }
        return NumberText.TryInteger(text, out ticks);
    }
}
