using System.Globalization;
using Calendar = Micromegas.Engine.Functions.Calendar;
using System.Numerics;
using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine.Functions;

namespace Micromegas.Engine.Expressions;

/// <summary>The text of values: what CAST to text, <c>||</c> and concat give (spec/sql.md §5.6).</summary>
internal static class TextForms
{
    /// <summary>Any value that is not null; used where the type is not known to the kernel. Nulls inside lists and structs print as nothing.</summary>
    public static void Write(ref BytesWriter writer, Vector vector, int row, DataType type)
    {
        type = type.ValueType;
        var plain = vector.Resolve(ref row);
        switch (plain)
        {
            case BitVector bits:
                writer.Append(bits[row] ? "true"u8 : "false"u8);
                break;
            case FlatVector<sbyte> flat:
                writer.Append(flat[row]);
                break;
            case FlatVector<byte> flat:
                writer.Append(flat[row]);
                break;
            case FlatVector<short> flat:
                writer.Append(flat[row]);
                break;
            case FlatVector<ushort> flat:
                writer.Append(flat[row]);
                break;
            case FlatVector<int> flat:
                WriteInt32(ref writer, flat[row], type);
                break;
            case FlatVector<uint> flat:
                writer.Append(flat[row]);
                break;
            case FlatVector<long> flat:
                WriteInt64(ref writer, flat[row], type);
                break;
            case FlatVector<ulong> flat:
                writer.Append(flat[row]);
                break;
            case FlatVector<Half> flat:
                Float(ref writer, (float)flat[row]);
                break;
            case FlatVector<float> flat:
                Float(ref writer, flat[row]);
                break;
            case FlatVector<double> flat:
                Float(ref writer, flat[row]);
                break;
            case FlatVector<Int128> flat:
                Decimal(ref writer, flat[row], type.Scale);
                break;
            case FlatVector<Int256> flat:
                Decimal(ref writer, flat[row].ToBigInteger(), type.Scale);
                break;
            case FlatVector<MonthDayNano> flat:
                Interval(ref writer, flat[row]);
                break;
            case BinaryVector bytes when type.IsUtf8:
                writer.Append(bytes[row]);
                break;
            case BinaryVector bytes:
                Hex(ref writer, bytes[row]);
                break;
            case ListVector list when type.Kind == TypeKind.Map:
                Map(ref writer, list, row, type);
                break;
            case ListVector list:
                List(ref writer, list, row, type);
                break;
            case StructVector structs:
                Struct(ref writer, structs, row, type);
                break;
            default:
                break;
        }
    }

    /// <summary>Shortest digits that read back the same; fixed notation from 1e-5 to below 1e16.</summary>
    public static void Float(ref BytesWriter writer, double value)
    {
        if (!double.IsFinite(value))
        {
            writer.Append(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "inf"u8 : "-inf"u8);
            return;
        }
        Span<byte> text = stackalloc byte[40];
        value.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
        Shortest(ref writer, text[..length]);
    }

    public static void Float(ref BytesWriter writer, float value)
    {
        if (!float.IsFinite(value))
        {
            Float(ref writer, (double)value);
            return;
        }
        Span<byte> text = stackalloc byte[40];
        value.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
        Shortest(ref writer, text[..length]);
    }

    public static void Decimal(ref BytesWriter writer, Int128 value, int scale)
    {
        Span<byte> digits = stackalloc byte[48];
        var isNegative = value < 0;
        var magnitude = isNegative ? (UInt128)(-value) : (UInt128)value;
        magnitude.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        Digits(ref writer, digits[..length], isNegative, scale);
    }

    public static void Decimal(ref BytesWriter writer, BigInteger value, int scale) =>
        Digits(ref writer, Encoding.ASCII.GetBytes(BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture)), value.Sign < 0, scale);

    public static void Date(ref BytesWriter writer, long days)
    {
        var date = Calendar.ToCivil(days);
        if (date.Year is >= 0 and <= 9999)
        {
            Padded(ref writer, date.Year, 4);
        }
        else
        {
            writer.Append(date.Year < 0 ? (byte)'-' : (byte)'+');
            Padded(ref writer, Math.Abs(date.Year), 4);
        }
        writer.Append((byte)'-');
        Padded(ref writer, date.Month, 2);
        writer.Append((byte)'-');
        Padded(ref writer, date.Day, 2);
    }

    /// <summary><c>HH:MM:SS</c> and 3, 6 or 9 digits where there is a fraction.</summary>
    public static void TimeOfDay(ref BytesWriter writer, long nanoseconds)
    {
        var seconds = nanoseconds / TimeUnits.NanosecondsPerSecond;
        Padded(ref writer, seconds / 3600, 2);
        writer.Append((byte)':');
        Padded(ref writer, seconds / 60 % 60, 2);
        writer.Append((byte)':');
        Padded(ref writer, seconds % 60, 2);
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
        Padded(ref writer, offset / 3600, 2);
        writer.Append((byte)':');
        Padded(ref writer, offset / 60 % 60, 2);
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
            Padded(ref writer, Math.Abs(fraction), unit == TimeUnit.Millisecond ? 3 : unit == TimeUnit.Microsecond ? 6 : 9);
        }
        writer.Append(" secs"u8);
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
            Padded(ref writer, Math.Abs(fraction), 9);
            writer.Append(" secs"u8);
            any = true;
        }
        if (!any)
        {
            writer.Append("0 secs"u8);
        }
    }

    /// <summary>Lower-case hexadecimal.</summary>
    public static void Hex(ref BytesWriter writer, ReadOnlySpan<byte> value)
    {
        var target = writer.Reserve(value.Length * 2);
        Convert.TryToHexStringLower(value, target, out var written);
        writer.Advance(written);
    }

    /// <summary>A number with leading zeros.</summary>
    public static void Padded(ref BytesWriter writer, long value, int digits)
    {
        Span<byte> text = stackalloc byte[20];
        value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        for (var i = length; i < digits; i++)
        {
            writer.Append((byte)'0');
        }
        writer.Append(text[..length]);
    }

    private static void WriteInt32(ref BytesWriter writer, int value, DataType type)
    {
        switch (type.Kind)
        {
            case TypeKind.Date32:
                Date(ref writer, value);
                break;
            case TypeKind.Time32:
                TimeOfDay(ref writer, value * TimeUnits.Nanoseconds(type.Unit));
                break;
            case TypeKind.IntervalYearMonth:
                writer.Append(value / 12);
                writer.Append(" years "u8);
                writer.Append(value % 12);
                writer.Append(" mons"u8);
                break;
            default:
                writer.Append(value);
                break;
        }
    }

    private static void WriteInt64(ref BytesWriter writer, long value, DataType type)
    {
        switch (type.Kind)
        {
            case TypeKind.Date64:
                Timestamp(ref writer, value, TimeUnit.Millisecond, null);
                break;
            case TypeKind.Time64:
                TimeOfDay(ref writer, value * TimeUnits.Nanoseconds(type.Unit));
                break;
            case TypeKind.Timestamp:
                Timestamp(ref writer, value, type.Unit, type.TimeZone is null ? null : Zone.Find(type.TimeZone));
                break;
            case TypeKind.Duration:
                Duration(ref writer, value, type.Unit);
                break;
            case TypeKind.IntervalDayTime:
                Interval(ref writer, new MonthDayNano(0, (int)value, (value >> 32) * 1_000_000));
                break;
            default:
                writer.Append(value);
                break;
        }
    }

    /// <summary>Rewrites the framework's shortest digits into our notation.</summary>
    private static void Shortest(ref BytesWriter writer, ReadOnlySpan<byte> text)
    {
        Span<byte> digits = stackalloc byte[24];
        var count = 0;
        var exponent = 0;
        var pointAt = -1;
        var at = 0;
        if (text[0] == (byte)'-')
        {
            writer.Append((byte)'-');
            at = 1;
        }
        for (; at < text.Length; at++)
        {
            var c = text[at];
            if (c == (byte)'.')
            {
                pointAt = count;
            }
            else if (c == (byte)'E')
            {
                _ = int.TryParse(text[(at + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent);
                break;
            }
            else if (count > 0 || c != (byte)'0')
            {
                if (count < digits.Length)
                {
                    digits[count] = c;
                }
                count++;
            }
            else if (pointAt >= 0)
            {
                // A zero behind the point and before the first digit.
                exponent--;
            }
        }
        if (count == 0)
        {
            writer.Append("0.0"u8);
            return;
        }
        // The value is 0.d1d2d3… times ten to the power of `scale`.
        var scale = (pointAt < 0 ? count : pointAt) + exponent;
        count = Math.Min(count, digits.Length);
        while (count > 1 && digits[count - 1] == (byte)'0')
        {
            count--;
        }
        ReadOnlySpan<byte> significant = digits[..count];
        if (scale is > -5 and <= 16)
        {
            if (scale <= 0)
            {
                writer.Append("0."u8);
                Zeros(ref writer, -scale);
                writer.Append(significant);
                return;
            }
            if (count <= scale)
            {
                writer.Append(significant);
                Zeros(ref writer, scale - count);
                writer.Append(".0"u8);
                return;
            }
            writer.Append(significant[..scale]);
            writer.Append((byte)'.');
            writer.Append(significant[scale..]);
            return;
        }
        writer.Append(significant[0]);
        if (count > 1)
        {
            writer.Append((byte)'.');
            writer.Append(significant[1..]);
        }
        writer.Append((byte)'e');
        writer.Append(scale - 1);
    }

    private static void Zeros(ref BytesWriter writer, int count)
    {
        for (var i = 0; i < count; i++)
        {
            writer.Append((byte)'0');
        }
    }

    private static void Digits(ref BytesWriter writer, ReadOnlySpan<byte> digits, bool isNegative, int scale)
    {
        if (isNegative)
        {
            writer.Append((byte)'-');
        }
        if (scale <= 0)
        {
            writer.Append(digits);
            Zeros(ref writer, digits is [(byte)'0'] ? 0 : -scale);
            return;
        }
        if (digits.Length <= scale)
        {
            writer.Append("0."u8);
            Zeros(ref writer, scale - digits.Length);
            writer.Append(digits);
            return;
        }
        writer.Append(digits[..^scale]);
        writer.Append((byte)'.');
        writer.Append(digits[^scale..]);
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
            Padded(ref writer, nanoseconds / 1_000_000, 3);
        }
        else if (nanoseconds % 1_000 == 0)
        {
            Padded(ref writer, nanoseconds / 1_000, 6);
        }
        else
        {
            Padded(ref writer, nanoseconds, 9);
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

    private static unsafe void List(ref BytesWriter writer, ListVector list, int row, DataType type)
    {
        writer.Append((byte)'[');
        for (var i = list.Offsets[row]; i < list.Offsets[row + 1]; i++)
        {
            if (i > list.Offsets[row])
            {
                writer.Append(", "u8);
            }
            Nested(ref writer, list.Items, i, type.ItemField.Type);
        }
        writer.Append((byte)']');
    }

    private static unsafe void Map(ref BytesWriter writer, ListVector list, int row, DataType type)
    {
        var entries = type.ItemField.Type;
        writer.Append((byte)'{');
        for (var i = list.Offsets[row]; i < list.Offsets[row + 1]; i++)
        {
            if (i > list.Offsets[row])
            {
                writer.Append(", "u8);
            }
            var at = i;
            var pair = (StructVector)list.Items.Resolve(ref at);
            Nested(ref writer, pair.Children[0], at, entries.Fields[0].Type);
            writer.Append(": "u8);
            Nested(ref writer, pair.Children[1], at, entries.Fields[1].Type);
        }
        writer.Append((byte)'}');
    }

    private static void Struct(ref BytesWriter writer, StructVector structs, int row, DataType type)
    {
        writer.Append((byte)'{');
        for (var i = 0; i < type.Fields.Length; i++)
        {
            if (i > 0)
            {
                writer.Append(", "u8);
            }
            writer.Append(type.Fields[i].Name.AsSpan());
            writer.Append(": "u8);
            Nested(ref writer, structs.Children[i], row, type.Fields[i].Type);
        }
        writer.Append((byte)'}');
    }

    private static void Nested(ref BytesWriter writer, Vector vector, int row, DataType type)
    {
        if (!vector.IsNull(row))
        {
            Write(ref writer, vector, row, type);
        }
    }
}
