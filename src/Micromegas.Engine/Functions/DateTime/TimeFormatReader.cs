using System.Text;

namespace Micromegas.Engine.Functions;

/// <summary>Collects the parts of a time that a format reads from text.</summary>
internal struct TimeFormatReader
{
    private int year;
    private int month;
    private int day;
    private int dayOfYear;
    private int hour;
    private int minute;
    private int second;
    private long nanoseconds;
    private int? offset;
    private bool? isAfternoon;
    private long? epoch;
    private bool hasYear;

    public TimeFormatReader()
    {
        year = 1970;
        month = 1;
        day = 1;
    }

    /// <summary>Reads by a format; false when the text does not fit.</summary>
    public bool Read(ref TextCursor cursor, string format)
    {
        Span<byte> literal = stackalloc byte[4];
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                if (format[i] == ' ')
                {
                    cursor.SkipBlanks();
                    continue;
                }
                var rune = Rune.GetRuneAt(format, i);
                i += rune.Utf16SequenceLength - 1;
                var length = rune.EncodeToUtf8(literal);
                if (!cursor.Rest.StartsWith(literal[..length]))
                {
                    return false;
                }
                cursor.Position += length;
                continue;
            }
            i++;
            i += format[i] == '-' && i + 1 < format.Length ? 1 : 0;
            if (format[i] is '.' or >= '1' and <= '9')
            {
                if (format[i] == '.' && cursor.Next != (byte)'.')
                {
                    // A fraction with point may be missing.
                    i = format.IndexOf('f', i);
                    if (i < 0)
                    {
                        return false;
                    }
                    continue;
                }
                if (format[i] == '.')
                {
                    cursor.Position++;
                }
                i = format.IndexOf('f', i);
                if (i < 0 || !ReadFraction(ref cursor))
                {
                    return false;
                }
                continue;
            }
            // %:z and %#z read offsets as %z does.
            while (format[i] is ':' or '#' && i + 1 < format.Length)
            {
                i++;
            }
            if (!ReadCode(ref cursor, format[i]))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>The instant, as seconds since 1970 and nanoseconds; false when the parts are no date.</summary>
    public readonly bool TryFinish(out long seconds, out long fraction)
    {
        fraction = nanoseconds;
        if (epoch is { } known)
        {
            seconds = known;
            return true;
        }
        seconds = 0;
        var clock = isAfternoon is { } afternoon ? (hour % 12) + (afternoon ? 12 : 0) : hour;
        if (month is < 1 or > 12 || day < 1 || day > Calendar.DaysInMonth(year, month) || clock > 23 || minute > 59 || second > 60
            || (dayOfYear > 0 && !hasYear))
        {
            return false;
        }
        var days = dayOfYear > 0 ? Calendar.FromCivil(year, 1, 1) + dayOfYear - 1 : Calendar.FromCivil(year, month, day);
        seconds = (days * 86_400) + (clock * 3600) + (minute * 60) + second - (offset ?? 0);
        return true;
    }

    private bool ReadCode(ref TextCursor cursor, char code)
    {
        switch (code)
        {
            case 'Y':
                hasYear = true;
                return cursor.TryDigitsUpTo(4, out year);
            case 'y':
                hasYear = cursor.TryDigits(2, out year);
                year += year < 70 ? 2000 : 1900;
                return hasYear;
            case 'm':
                return cursor.TryDigitsUpTo(2, out month);
            case 'd' or 'e':
                cursor.SkipBlanks();
                return cursor.TryDigitsUpTo(2, out day);
            case 'j':
                return cursor.TryDigitsUpTo(3, out dayOfYear) && dayOfYear is >= 1 and <= 366;
            case 'b' or 'B' or 'h':
                month = TimeFormat.FindName(ref cursor, isMonth: true) + 1;
                return month > 0;
            case 'a' or 'A':
                return TimeFormat.FindName(ref cursor, isMonth: false) >= 0;
            case 'H' or 'k' or 'I' or 'l':
                cursor.SkipBlanks();
                return cursor.TryDigitsUpTo(2, out hour);
            case 'M':
                return cursor.TryDigitsUpTo(2, out minute);
            case 'S':
                return cursor.TryDigitsUpTo(2, out second);
            case 'f':
                return ReadFraction(ref cursor);
            case 'p' or 'P':
                if (cursor.Rest.Length < 2 || (cursor.Rest[1] | 0x20) != 'm' || (cursor.Rest[0] | 0x20) is not ('a' or 'p'))
                {
                    return false;
                }
                isAfternoon = (cursor.Rest[0] | 0x20) == 'p';
                cursor.Position += 2;
                return true;
            case 's':
                return ReadEpoch(ref cursor);
            case 'z' or '#':
                return ReadOffset(ref cursor);
            case 'Z':
                while (!cursor.IsAtEnd && cursor.Next != (byte)' ')
                {
                    cursor.Position++;
                }
                return true;
            case 'T' or 'X':
                return Read(ref cursor, "%H:%M:%S");
            case 'R':
                return Read(ref cursor, "%H:%M");
            case 'r':
                return Read(ref cursor, "%I:%M:%S %p");
            case 'F':
                return Read(ref cursor, "%Y-%m-%d");
            case 'D' or 'x':
                return Read(ref cursor, "%m/%d/%y");
            case 'c':
                return Read(ref cursor, "%a %b %e %H:%M:%S %Y");
            case '+':
                return Read(ref cursor, "%Y-%m-%dT%H:%M:%S%.f%:z");
            case 'n' or 't':
                cursor.SkipBlanks();
                return true;
            default:
                return code == '%' && cursor.TrySkip((byte)'%');
        }
    }

    private bool ReadFraction(ref TextCursor cursor)
    {
        var start = cursor.Position;
        long unit = 100_000_000;
        nanoseconds = 0;
        for (; cursor.IsAtDigit; cursor.Position++)
        {
            nanoseconds += (cursor.Next - '0') * unit;
            unit /= 10;
        }
        return cursor.Position > start;
    }

    private bool ReadEpoch(ref TextCursor cursor)
    {
        var isNegative = cursor.TrySkip((byte)'-');
        var start = cursor.Position;
        long value = 0;
        for (; cursor.IsAtDigit && cursor.Position - start < 18; cursor.Position++)
        {
            value = (value * 10) + (cursor.Next - '0');
        }
        epoch = isNegative ? -value : value;
        return cursor.Position > start;
    }

    private bool ReadOffset(ref TextCursor cursor)
    {
        if (cursor.TrySkip((byte)'Z') || cursor.TrySkip((byte)'z'))
        {
            offset = 0;
            return true;
        }
        var isNegative = cursor.Next == (byte)'-';
        if (!isNegative && cursor.Next != (byte)'+')
        {
            return false;
        }
        cursor.Position++;
        if (!cursor.TryDigits(2, out var hours))
        {
            return false;
        }
        cursor.TrySkip((byte)':');
        cursor.TryDigits(2, out var minutes);
        offset = ((hours * 3600) + (minutes * 60)) * (isNegative ? -1 : 1);
        return true;
    }
}
