using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Writes and reads times by strftime-like formats (<c>%Y-%m-%d %H:%M:%S%.f</c>), as <c>to_char</c> and <c>to_timestamp</c> take them.</summary>
internal static class TimeFormat
{
    private static readonly string[] Months =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    private static readonly string[] Days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    public static void Write(ref BytesWriter writer, Vector vector, int row, DataType type, string format)
    {
        var at = row;
        var plain = vector.Resolve(ref at);
        long seconds = 0, nanoseconds = 0;
        var zone = type.TimeZone is null ? Zone.Utc : Zone.Find(type.TimeZone);
        switch (type.Kind)
        {
            case TypeKind.Date32:
                seconds = ((FlatVector<int>)plain)[at] * 86_400L;
                break;
            case TypeKind.Timestamp or TypeKind.Time32 or TypeKind.Time64:
                var ticks = plain is FlatVector<int> shorts ? shorts[at] : ((FlatVector<long>)plain)[at];
                seconds = TimeUnits.FloorDivide(ticks, TimeUnits.PerSecond(type.Unit));
                nanoseconds = TimeUnits.FloorRemainder(ticks, TimeUnits.PerSecond(type.Unit)) * TimeUnits.Nanoseconds(type.Unit);
                break;
            case TypeKind.Duration when format.Equals("iso8601", StringComparison.OrdinalIgnoreCase):
                TimeForms.IsoDuration(ref writer, ((FlatVector<long>)plain)[at], type.Unit);
                return;
            default:
                TextForms.Write(ref writer, vector, row, type);
                return;
        }
        var offset = zone.OffsetAt(seconds);
        Write(ref writer, format, seconds, nanoseconds, offset, zone);
    }

    private static void Write(ref BytesWriter writer, string format, long seconds, long nanoseconds, int offset, Zone zone)
    {
        var local = seconds + offset;
        var day = TimeUnits.FloorDivide(local, 86_400);
        var ofDay = (int)(local - (day * 86_400));
        var date = Calendar.ToCivil(day);
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                writer.Append(format.AsSpan(i, char.IsHighSurrogate(format[i]) && i + 1 < format.Length ? 2 : 1));
                i += char.IsHighSurrogate(format[i]) ? 1 : 0;
                continue;
            }
            var isUnpadded = format[i + 1] == '-' && i + 2 < format.Length;
            i += isUnpadded ? 2 : 1;
            switch (format[i])
            {
                case 'Y':
                    NumberForms.Padded(ref writer, date.Year, 4);
                    break;
                case 'C':
                    NumberForms.Padded(ref writer, date.Year / 100, 2);
                    break;
                case 'y':
                    NumberForms.Padded(ref writer, TimeUnits.FloorRemainder(date.Year, 100), 2);
                    break;
                case 'm':
                    NumberForms.Padded(ref writer, date.Month, isUnpadded ? 1 : 2);
                    break;
                case 'd':
                    NumberForms.Padded(ref writer, date.Day, isUnpadded ? 1 : 2);
                    break;
                case 'e':
                    Blank(ref writer, date.Day);
                    break;
                case 'b' or 'h':
                    writer.Append(Months[date.Month - 1].AsSpan(0, 3));
                    break;
                case 'B':
                    writer.Append(Months[date.Month - 1].AsSpan());
                    break;
                case 'a':
                    writer.Append(Days[Calendar.Weekday(day)].AsSpan(0, 3));
                    break;
                case 'A':
                    writer.Append(Days[Calendar.Weekday(day)].AsSpan());
                    break;
                case 'u':
                    writer.Append(Calendar.Weekday(day) + 1);
                    break;
                case 'w':
                    writer.Append((Calendar.Weekday(day) + 1) % 7);
                    break;
                case 'j':
                    NumberForms.Padded(ref writer, Calendar.DayOfYear(day), 3);
                    break;
                case 'V':
                    NumberForms.Padded(ref writer, Calendar.IsoWeek(day).Week, 2);
                    break;
                case 'G':
                    NumberForms.Padded(ref writer, Calendar.IsoWeek(day).Year, 4);
                    break;
                case 'U':
                    NumberForms.Padded(ref writer, (Calendar.DayOfYear(day) + 6 - ((Calendar.Weekday(day) + 1) % 7)) / 7, 2);
                    break;
                case 'W':
                    NumberForms.Padded(ref writer, (Calendar.DayOfYear(day) + 6 - Calendar.Weekday(day)) / 7, 2);
                    break;
                case 'H':
                    NumberForms.Padded(ref writer, ofDay / 3600, isUnpadded ? 1 : 2);
                    break;
                case 'k':
                    Blank(ref writer, ofDay / 3600);
                    break;
                case 'I':
                    NumberForms.Padded(ref writer, ((ofDay / 3600) + 11) % 12 + 1, isUnpadded ? 1 : 2);
                    break;
                case 'l':
                    Blank(ref writer, ((ofDay / 3600) + 11) % 12 + 1);
                    break;
                case 'M':
                    NumberForms.Padded(ref writer, ofDay / 60 % 60, isUnpadded ? 1 : 2);
                    break;
                case 'S':
                    NumberForms.Padded(ref writer, ofDay % 60, isUnpadded ? 1 : 2);
                    break;
                case 'f':
                    NumberForms.Padded(ref writer, nanoseconds, 9);
                    break;
                case '.' when i + 1 < format.Length:
                    i = Fraction(ref writer, format, i + 1, nanoseconds, withPoint: true);
                    break;
                case '3' or '6' or '9':
                    i = Fraction(ref writer, format, i, nanoseconds, withPoint: false);
                    break;
                case 'p':
                    writer.Append(ofDay < 43_200 ? "AM"u8 : "PM"u8);
                    break;
                case 'P':
                    writer.Append(ofDay < 43_200 ? "am"u8 : "pm"u8);
                    break;
                case 's':
                    writer.Append(seconds);
                    break;
                case 'z':
                    Offset(ref writer, offset, false);
                    break;
                case ':' when i + 1 < format.Length && format[i + 1] == 'z':
                    i++;
                    Offset(ref writer, offset, true);
                    break;
                case 'Z':
                    writer.Append(zone.Name.AsSpan());
                    break;
                case 'T' or 'X':
                    Write(ref writer, "%H:%M:%S", seconds, nanoseconds, offset, zone);
                    break;
                case 'R':
                    Write(ref writer, "%H:%M", seconds, nanoseconds, offset, zone);
                    break;
                case 'r':
                    Write(ref writer, "%I:%M:%S %p", seconds, nanoseconds, offset, zone);
                    break;
                case 'F':
                    Write(ref writer, "%Y-%m-%d", seconds, nanoseconds, offset, zone);
                    break;
                case 'D' or 'x':
                    Write(ref writer, "%m/%d/%y", seconds, nanoseconds, offset, zone);
                    break;
                case 'c':
                    Write(ref writer, "%a %b %e %H:%M:%S %Y", seconds, nanoseconds, offset, zone);
                    break;
                case '+':
                    Write(ref writer, "%Y-%m-%dT%H:%M:%S%.f%:z", seconds, nanoseconds, offset, zone);
                    break;
                case 'n':
                    writer.Append((byte)'\n');
                    break;
                case 't':
                    writer.Append((byte)'\t');
                    break;
                case '%':
                    writer.Append((byte)'%');
                    break;
                default:
                    Throw.Engine(SqlState.InvalidParameterValue, $"'%{format[i]}' is no format code");
                    break;
            }
        }
    }

    /// <summary>Reads a text by a format; false when it does not fit.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, string format, TimeUnit unit, out long ticks)
    {
        ticks = 0;
        var reader = new TimeFormatReader();
        var cursor = new TextCursor(text);
        if (!reader.Read(ref cursor, format) || !cursor.IsAtEnd || !reader.TryFinish(out var seconds, out var nanoseconds))
        {
            return false;
        }
        var result = ((Int128)seconds * TimeUnits.PerSecond(unit)) + (nanoseconds / TimeUnits.Nanoseconds(unit));
        ticks = (long)Int128.Clamp(result, long.MinValue, long.MaxValue);
        return ticks == result;
    }

    /// <summary>The number of a month's or weekday's name, from 0; -1 when the text does not start with one.</summary>
    public static int FindName(ref TextCursor cursor, bool isMonth)
    {
        var names = isMonth ? Months : Days;
        for (var i = 0; i < names.Length; i++)
        {
            foreach (var length in new[] { names[i].Length, 3 })
            {
                if (cursor.Rest.Length >= length && Ascii.EqualsIgnoreCase(cursor.Rest[..length], names[i].AsSpan(0, length)))
                {
                    cursor.Position += length;
                    return i;
                }
            }
        }
        return -1;
    }

    private static int Fraction(ref BytesWriter writer, string format, int at, long nanoseconds, bool withPoint)
    {
        var digits = format[at] is >= '1' and <= '9' ? format[at++] - '0' : 0;
        if (at >= format.Length || format[at] != 'f')
        {
            Throw.Engine(SqlState.InvalidParameterValue, $"'{format}' has a bad fraction code");
        }
        if (digits == 0)
        {
            if (nanoseconds == 0)
            {
                return at;
            }
            digits = nanoseconds % 1_000_000 == 0 ? 3 : nanoseconds % 1_000 == 0 ? 6 : 9;
        }
        if (withPoint)
        {
            writer.Append((byte)'.');
        }
        NumberForms.Padded(ref writer, nanoseconds / (long)Math.Pow(10, 9 - digits), digits);
        return at;
    }

    private static void Blank(ref BytesWriter writer, int value)
    {
        if (value < 10)
        {
            writer.Append((byte)' ');
        }
        writer.Append(value);
    }

    private static void Offset(ref BytesWriter writer, int seconds, bool withColon)
    {
        writer.Append(seconds < 0 ? (byte)'-' : (byte)'+');
        seconds = Math.Abs(seconds);
        NumberForms.Padded(ref writer, seconds / 3600, 2);
        if (withColon)
        {
            writer.Append((byte)':');
        }
        NumberForms.Padded(ref writer, seconds / 60 % 60, 2);
    }
}
