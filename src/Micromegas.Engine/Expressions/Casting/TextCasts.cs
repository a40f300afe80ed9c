using System.Numerics;
using System.Text.Unicode;
using Micromegas.Columnar;
using Micromegas.Engine.Functions;

namespace Micromegas.Engine.Expressions;

/// <summary>Any type to text.</summary>
internal sealed class ToTextKernel(DataType from, DataType to) : BytesKernel(to)
{
    protected override void Run(Vector[] arguments, RowSet rows, ref BytesWriter writer)
    {
        var source = arguments[0];
        switch (from.Kind)
        {
            case TypeKind.Int64:
                var integers = new FlatReader<long>(source);
                foreach (var row in rows)
                {
                    writer.Begin(row);
                    writer.Append(integers[row]);
                }
                break;
            case TypeKind.Int32:
                var shorts = new FlatReader<int>(source);
                foreach (var row in rows)
                {
                    writer.Begin(row);
                    writer.Append(shorts[row]);
                }
                break;
            case TypeKind.Float64:
                var doubles = new FlatReader<double>(source);
                foreach (var row in rows)
                {
                    writer.Begin(row);
                    NumberForms.Float(ref writer, doubles[row]);
                }
                break;
            case TypeKind.Timestamp:
                var times = new FlatReader<long>(source);
                var zone = from.TimeZone is null ? null : Zone.Find(from.TimeZone);
                foreach (var row in rows)
                {
                    writer.Begin(row);
                    TimeForms.Timestamp(ref writer, times[row], from.Unit, zone);
                }
                break;
            default:
                foreach (var row in rows)
                {
                    writer.Begin(row);
                    TextForms.Write(ref writer, source, row, from);
                }
                break;
        }
    }
}

/// <summary>Binary to text: the bytes must be UTF-8.</summary>
internal sealed class BinaryToTextKernel(DataType to, bool isTry) : BytesKernel(to)
{
    protected override void Run(Vector[] arguments, RowSet rows, ref BytesWriter writer)
    {
        var reader = new BytesReader(arguments[0]);
        foreach (var row in rows)
        {
            writer.Begin(row);
            var value = reader[row];
            if (Utf8.IsValid(value))
            {
                writer.Append(value);
            }
            else if (isTry)
            {
                writer.SetNull();
            }
            else
            {
                Throw.Engine(SqlState.InvalidTextRepresentation, "Cannot cast binary to text: the bytes are not valid UTF-8");
            }
        }
    }
}

/// <summary>Binary to binaries of one length.</summary>
internal sealed class FixedBinaryKernel(DataType to, bool isTry) : BytesKernel(to)
{
    protected override void Run(Vector[] arguments, RowSet rows, ref BytesWriter writer)
    {
        var reader = new BytesReader(arguments[0]);
        foreach (var row in rows)
        {
            writer.Begin(row);
            var value = reader[row];
            if (value.Length == Type.Width)
            {
                writer.Append(value);
            }
            else if (isTry)
            {
                writer.SetNull();
            }
            else
            {
                Throw.Engine(SqlState.StringDataRightTruncation, $"{value.Length} bytes do not fit {Type}");
            }
        }
    }
}

/// <summary>The bytes of an integer, least significant first.</summary>
internal sealed unsafe class IntegerToBinaryKernel<T>(DataType to) : BytesKernel(to)
    where T : unmanaged
{
    protected override void Run(Vector[] arguments, RowSet rows, ref BytesWriter writer)
    {
        var reader = new FlatReader<T>(arguments[0]);
        foreach (var row in rows)
        {
            writer.Begin(row);
            var value = reader[row];
            writer.Append(new ReadOnlySpan<byte>(&value, sizeof(T)));
        }
    }
}

/// <summary>Reads a flat value from text.</summary>
internal delegate bool TextParser<T>(ReadOnlySpan<byte> text, out T value);

/// <summary>Text to a flat type; what cannot be read is an error or, for TRY_CAST, null.</summary>
internal sealed unsafe class FromTextKernel<T>(DataType to, TextParser<T> parser, bool isTry) : FlatKernel<T>(to)
    where T : unmanaged
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<T> output)
    {
        var reader = new BytesReader(arguments[0]);
        foreach (var row in rows)
        {
            if (parser(reader[row], out var value))
            {
                output.Values[row] = value;
            }
            else if (isTry)
            {
                Nulls.Set(output, row);
            }
            else
            {
                CastFailure.Text(reader[row], Type);
            }
        }
    }
}

/// <summary>Text to Boolean.</summary>
internal sealed unsafe class TextToBooleanKernel(bool isTry) : BitKernel
{
    protected override void Run(Vector[] arguments, RowSet rows, BitVector output)
    {
        var reader = new BytesReader(arguments[0]);
        foreach (var row in rows)
        {
            if (NumberText.TryBoolean(reader[row], out var value))
            {
                Bitmap.Assign(output.Words, row, value);
            }
            else if (isTry)
            {
                Nulls.Set(output, row);
            }
            else
            {
                CastFailure.Text(reader[row], Type);
            }
        }
    }
}

/// <summary>Chooses the kernel from text.</summary>
internal static class TextCasts
{
    public static Kernel? FromText(DataType to, bool isTry) => to.Kind switch
    {
        TypeKind.Boolean => new TextToBooleanKernel(isTry),
        TypeKind.Int8 => Integer<sbyte>(to, isTry),
        TypeKind.Int16 => Integer<short>(to, isTry),
        TypeKind.Int32 => Integer<int>(to, isTry),
        TypeKind.Int64 => Integer<long>(to, isTry),
        TypeKind.UInt8 => Integer<byte>(to, isTry),
        TypeKind.UInt16 => Integer<ushort>(to, isTry),
        TypeKind.UInt32 => Integer<uint>(to, isTry),
        TypeKind.UInt64 => Integer<ulong>(to, isTry),
        TypeKind.Float16 => new FromTextKernel<Half>(to, NumberText.TryFloat, isTry),
        TypeKind.Float32 => new FromTextKernel<float>(to, NumberText.TryFloat, isTry),
        TypeKind.Float64 => new FromTextKernel<double>(to, NumberText.TryFloat, isTry),
        TypeKind.Decimal128 => new FromTextKernel<Int128>(to, (ReadOnlySpan<byte> text, out Int128 value) => TryNarrow(text, to, out value), isTry),
        TypeKind.Decimal256 => new FromTextKernel<Int256>(to, (ReadOnlySpan<byte> text, out Int256 value) => TryWide(text, to, out value), isTry),
        TypeKind.Date32 => new FromTextKernel<int>(to, DateText.TryParse, isTry),
        TypeKind.Date64 => new FromTextKernel<long>(to, TryDate64, isTry),
        TypeKind.Timestamp => Timestamp(to, isTry),
        TypeKind.Time32 => new FromTextKernel<int>(to, (ReadOnlySpan<byte> text, out int value) => TryTime32(text, to.Unit, out value), isTry),
        TypeKind.Time64 => new FromTextKernel<long>(to, (ReadOnlySpan<byte> text, out long value) => TimeText.TryParse(text, to.Unit, out value), isTry),
        TypeKind.IntervalMonthDayNano => new FromTextKernel<MonthDayNano>(
            to, static (ReadOnlySpan<byte> text, out MonthDayNano value) => IntervalText.TryParse(text, IntervalUnit.Month, out value), isTry),
        TypeKind.IntervalYearMonth => new FromTextKernel<int>(to, TryYearMonth, isTry),
        TypeKind.IntervalDayTime => new FromTextKernel<long>(to, TryDayTime, isTry),
        TypeKind.FixedSizeBinary => new FixedBinaryKernel(to, isTry),
        _ => null,
    };

    /// <summary>Only years and months.</summary>
    private static bool TryYearMonth(ReadOnlySpan<byte> text, out int months)
    {
        var isInterval = IntervalText.TryParse(text, IntervalUnit.Month, out var interval) && interval is { Days: 0, Nanoseconds: 0 };
        months = interval.Months;
        return isInterval;
    }

    /// <summary>Only days and whole milliseconds: days in the lower half, milliseconds in the upper.</summary>
    private static bool TryDayTime(ReadOnlySpan<byte> text, out long value)
    {
        var isInterval = IntervalText.TryParse(text, IntervalUnit.Millisecond, out var interval) && interval.Months == 0 && interval.Nanoseconds % 1_000_000 == 0
            && interval.Nanoseconds / 1_000_000 is >= int.MinValue and <= int.MaxValue;
        value = (interval.Nanoseconds / 1_000_000 << 32) | (uint)interval.Days;
        return isInterval;
    }

    private static FromTextKernel<T> Integer<T>(DataType to, bool isTry)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => new(to, NumberText.TryInteger, isTry);

    private static FromTextKernel<long> Timestamp(DataType to, bool isTry)
    {
        var zone = to.TimeZone is null ? null : Zone.Find(to.TimeZone);
        return new FromTextKernel<long>(to, (ReadOnlySpan<byte> text, out long value) => TimestampText.TryParse(text, to.Unit, zone, out value), isTry);
    }

    private static bool TryNarrow(ReadOnlySpan<byte> text, DataType to, out Int128 value)
    {
        var isNumber = NumberText.TryDecimal(text, to.Precision, to.Scale, out var big);
        value = isNumber ? (Int128)big : default;
        return isNumber;
    }

    private static bool TryWide(ReadOnlySpan<byte> text, DataType to, out Int256 value)
    {
        var isNumber = NumberText.TryDecimal(text, to.Precision, to.Scale, out var big);
        value = isNumber ? Int256.FromBigInteger(big) : default;
        return isNumber;
    }

    private static bool TryTime32(ReadOnlySpan<byte> text, TimeUnit unit, out int value)
    {
        var isTime = TimeText.TryParse(text, unit, out var ticks) && ticks == (int)ticks;
        value = (int)ticks;
        return isTime;
    }

    /// <summary>A date of any written form, or a timestamp: milliseconds.</summary>
    private static bool TryDate64(ReadOnlySpan<byte> text, out long value)
    {
        if (text.Length <= 10 && DateText.TryParse(text, out var days))
        {
            value = days * 86_400_000L;
            return true;
        }
        return TimestampText.TryParse(text, TimeUnit.Millisecond, null, out value);
    }
}
