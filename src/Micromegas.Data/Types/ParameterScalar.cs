using System.Collections;
using System.Data;
using System.Globalization;
using System.Numerics;
using System.Text;
using Micromegas.Columnar;

namespace Micromegas.Data.Types;

/// <summary>Turns the values of parameters into typed scalars.</summary>
internal static class ParameterScalar
{
    internal static Scalar Create(MicromegasParameter parameter)
    {
        if (!parameter.HasValue)
        {
            throw new InvalidOperationException($"Parameter '{parameter.ParameterName}' has no value; set it, to DBNull for NULL.");
        }

        var value = parameter.Value is DBNull ? null : parameter.Value;
        try
        {
            return parameter.ArrowType is { } arrowType ? ArrowParameter.Create(arrowType, value)
                : parameter.ExplicitDbType is { } dbType ? OfType(dbType, value)
                : Infer(value);
        }
        catch (Exception e) when (e is FormatException or InvalidCastException or OverflowException)
        {
            throw new MicromegasException(
                $"Parameter '{parameter.ParameterName}' has a {value?.GetType()} value that is no {parameter.DataTypeName ?? parameter.DbType.ToString()}: {e.Message}",
                MicromegasErrorCodes.InvalidParameterValue,
                innerException: e);
        }
    }

    internal static Scalar Infer(object? value) => value switch
    {
        null or DBNull => Scalar.Null,
        Scalar scalar => scalar,
        bool => new(DataType.Boolean, value),
        sbyte => new(DataType.Int8, value),
        short => new(DataType.Int16, value),
        Enum e => Infer(Convert.ChangeType(e, e.GetTypeCode(), CultureInfo.InvariantCulture)),
        int => new(DataType.Int32, value),
        long => new(DataType.Int64, value),
        byte => new(DataType.UInt8, value),
        ushort => new(DataType.UInt16, value),
        uint => new(DataType.UInt32, value),
        ulong => new(DataType.UInt64, value),
        Half => new(DataType.Float16, value),
        float => new(DataType.Float32, value),
        double => new(DataType.Float64, value),
        decimal d => OfDecimal(d),
        Int128 i => OfBigInteger(i),
        UInt128 i => OfBigInteger(i),
        BigInteger i => OfBigInteger(i),
        string => new(DataType.Utf8, value),
        char c => new(DataType.Utf8, c.ToString()),
        char[] text => new(DataType.Utf8, new string(text)),
        StringBuilder text => new(DataType.Utf8, text.ToString()),
        Guid g => new(DataType.Utf8, g.ToString("D")),
        Uri uri => new(DataType.Utf8, uri.ToString()),
        NanoTimestamp t => new(DataType.LakeTime, t.UnixNanoseconds),
        DateTime t => new(DataType.LakeTime, NanoTimestamp.FromDateTime(t).UnixNanoseconds),
        DateTimeOffset t => new(DataType.LakeTime, NanoTimestamp.FromDateTimeOffset(t).UnixNanoseconds),
        DateOnly d => new(DataType.Date32, d.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber),
        TimeOnly t => new(DataType.Time64(TimeUnit.Nanosecond), t.Ticks * NanoTimestamp.NanosecondsPerTick),
        TimeSpan t => new(DataType.Duration(TimeUnit.Nanosecond), checked(t.Ticks * NanoTimestamp.NanosecondsPerTick)),
        MicromegasInterval i => new(DataType.IntervalMonthDayNano, new MonthDayNano(i.Months, i.Days, i.Nanoseconds)),
        byte[] => new(DataType.Binary, value),
        ReadOnlyMemory<byte> bytes => new(DataType.Binary, bytes.ToArray()),
        Memory<byte> bytes => new(DataType.Binary, bytes.ToArray()),
        Stream stream => new(DataType.Binary, ReadAll(stream)),
        TextReader text => new(DataType.Utf8, text.ReadToEnd()),
        ArraySegment<byte> bytes => new(DataType.Binary, bytes.ToArray()),
        IEnumerable items => OfList(items),
        _ => throw new NotSupportedException($"Values of {value.GetType()} cannot be parameters."),
    };

    /// <summary>The bytes of a stream from where it stands.</summary>
    private static byte[] ReadAll(Stream stream)
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    internal static Scalar OfType(DbType type, object? value)
    {
        if (value is null)
        {
            return new(TypeOf(type), null);
        }

        return type switch
        {
            DbType.AnsiString or DbType.String or DbType.AnsiStringFixedLength or DbType.StringFixedLength or DbType.Xml
                => value is string or char or char[] or Guid or StringBuilder or Uri ? Infer(value) : new(DataType.Utf8, Text(value)),
            DbType.Guid => new(DataType.Utf8, (value as Guid? ?? Guid.Parse(Text(value))).ToString("D")),
            DbType.Boolean => new(DataType.Boolean, Convert.ToBoolean(value, CultureInfo.InvariantCulture)),
            DbType.SByte => new(DataType.Int8, Convert.ToSByte(value, CultureInfo.InvariantCulture)),
            DbType.Int16 => new(DataType.Int16, Convert.ToInt16(value, CultureInfo.InvariantCulture)),
            DbType.Int32 => new(DataType.Int32, Convert.ToInt32(value, CultureInfo.InvariantCulture)),
            DbType.Int64 => value is NanoTimestamp t ? new(DataType.Int64, t.UnixNanoseconds) : new(DataType.Int64, Convert.ToInt64(value, CultureInfo.InvariantCulture)),
            DbType.Byte => new(DataType.UInt8, Convert.ToByte(value, CultureInfo.InvariantCulture)),
            DbType.UInt16 => new(DataType.UInt16, Convert.ToUInt16(value, CultureInfo.InvariantCulture)),
            DbType.UInt32 => new(DataType.UInt32, Convert.ToUInt32(value, CultureInfo.InvariantCulture)),
            DbType.UInt64 => new(DataType.UInt64, Convert.ToUInt64(value, CultureInfo.InvariantCulture)),
            DbType.Single => new(DataType.Float32, value as float? ?? (value is Half h ? (float)h : Convert.ToSingle(value, CultureInfo.InvariantCulture))),
            DbType.Double => new(DataType.Float64, value is Half h ? (double)h : Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            DbType.Decimal or DbType.Currency => OfDecimal(Convert.ToDecimal(value, CultureInfo.InvariantCulture)),
            DbType.VarNumeric => value is BigInteger or Int128 or UInt128 ? Infer(value) : OfDecimal(Convert.ToDecimal(value, CultureInfo.InvariantCulture)),
            DbType.DateTime or DbType.DateTime2 or DbType.DateTimeOffset => OfInstant(value),
            DbType.Date => OfDate(value),
            DbType.Time => value is TimeSpan or TimeOnly ? OfTime(value) : OfTime(TimeOnly.Parse(Text(value), CultureInfo.InvariantCulture)),
            _ => Infer(value),
        };
    }

    private static DataType TypeOf(DbType type) => type switch
    {
        DbType.AnsiString or DbType.String or DbType.AnsiStringFixedLength or DbType.StringFixedLength or DbType.Xml or DbType.Guid => DataType.Utf8,
        DbType.Boolean => DataType.Boolean,
        DbType.SByte => DataType.Int8,
        DbType.Int16 => DataType.Int16,
        DbType.Int32 => DataType.Int32,
        DbType.Int64 => DataType.Int64,
        DbType.Byte => DataType.UInt8,
        DbType.UInt16 => DataType.UInt16,
        DbType.UInt32 => DataType.UInt32,
        DbType.UInt64 => DataType.UInt64,
        DbType.Single => DataType.Float32,
        DbType.Double => DataType.Float64,
        DbType.Decimal or DbType.Currency or DbType.VarNumeric => DataType.Decimal128(38, 10),
        DbType.DateTime or DbType.DateTime2 or DbType.DateTimeOffset => DataType.LakeTime,
        DbType.Date => DataType.Date32,
        DbType.Time => DataType.Time64(TimeUnit.Nanosecond),
        DbType.Binary => DataType.Binary,
        _ => DataType.Null,
    };

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static Scalar OfInstant(object value) => value switch
    {
        NanoTimestamp or DateTime or DateTimeOffset => Infer(value),
        DateOnly date => Infer(date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc)),
        _ => Infer(NanoTimestamp.Parse(Text(value))),
    };

    private static Scalar OfDate(object value) => value switch
    {
        DateOnly => Infer(value),
        DateTime time => Infer(DateOnly.FromDateTime(time)),
        DateTimeOffset time => Infer(DateOnly.FromDateTime(time.UtcDateTime)),
        NanoTimestamp time => Infer(DateOnly.FromDateTime(time.ToDateTime())),
        _ => Infer(DateOnly.Parse(Text(value), CultureInfo.InvariantCulture)),
    };

    private static Scalar OfTime(object value)
    {
        var ticks = value is TimeSpan span ? span.Ticks : ((TimeOnly)value).Ticks;
        return ticks is >= 0 and < TimeSpan.TicksPerDay
            ? new(DataType.Time64(TimeUnit.Nanosecond), ticks * NanoTimestamp.NanosecondsPerTick)
            : throw new OverflowException("A time of day lies between 00:00 and 24:00.");
    }

    private static Scalar OfDecimal(decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var unscaled = ((Int128)(uint)parts[2] << 64) | ((Int128)(uint)parts[1] << 32) | (uint)parts[0];
        var scale = (parts[3] >> 16) & 0xff;
        return new(DataType.Decimal128(Math.Max(Digits(unscaled), scale + 1), scale), parts[3] < 0 ? -unscaled : unscaled);
    }

    private static Scalar OfBigInteger(BigInteger value)
    {
        var digits = Digits(BigInteger.Abs(value));
        return digits switch
        {
            <= 38 => new(DataType.Decimal128(digits, 0), (Int128)value),
            <= 76 => new(DataType.Decimal256(digits, 0), Int256.FromBigInteger(value)),
            _ => throw new OverflowException("A decimal has at most 76 digits."),
        };
    }

    private static int Digits(BigInteger value) => value.IsZero ? 1 : BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture).Length;

    private static Scalar OfList(IEnumerable items)
    {
        var type = DataType.Null;
        var values = new List<object?>();
        foreach (var item in items)
        {
            var scalar = Infer(item);
            if (type.Kind == TypeKind.Null)
            {
                type = scalar.Type;
            }
            else if (!scalar.IsNull && scalar.Type != type)
            {
                if (!type.IsDecimal || !scalar.Type.IsDecimal)
                {
                    throw new InvalidCastException($"A list parameter holds both {type} and {scalar.Type}.");
                }

                return OfDecimals(items);
            }

            values.Add(scalar.Value);
        }

        if (type.Kind == TypeKind.Null)
        {
            type = TypeOfItems(items);
        }

        return new(DataType.List(type), values.ToArray());
    }

    /// <summary>The type of a list without values is what that of its items would be, so that they can be compared with what is searched.</summary>
    private static DataType TypeOfItems(IEnumerable items) => items switch
    {
        IEnumerable<string?> or IEnumerable<Guid> or IEnumerable<Guid?> or IEnumerable<char> or IEnumerable<Uri> => DataType.Utf8,
        IEnumerable<int> or IEnumerable<int?> => DataType.Int32,
        IEnumerable<double> or IEnumerable<double?> => DataType.Float64,
        IEnumerable<float> or IEnumerable<float?> => DataType.Float32,
        IEnumerable<bool> or IEnumerable<bool?> => DataType.Boolean,
        IEnumerable<decimal> or IEnumerable<decimal?> => DataType.Decimal128(38, 10),
        IEnumerable<NanoTimestamp> or IEnumerable<NanoTimestamp?> or IEnumerable<DateTime> or IEnumerable<DateTime?> or IEnumerable<DateTimeOffset>
            or IEnumerable<DateTimeOffset?> => DataType.LakeTime,
        IEnumerable<DateOnly> or IEnumerable<DateOnly?> => DataType.Date32,
        IEnumerable<TimeOnly> or IEnumerable<TimeOnly?> => DataType.Time64(TimeUnit.Nanosecond),
        IEnumerable<TimeSpan> or IEnumerable<TimeSpan?> => DataType.Duration(TimeUnit.Nanosecond),
        IEnumerable<byte[]> => DataType.Binary,
        _ => DataType.Int64,
    };

    private static Scalar OfDecimals(IEnumerable items)
    {
        var scalars = items.Cast<object?>().Select(Infer).ToArray();
        var scale = scalars.Max(static scalar => scalar.Type.Scale);
        var values = Array.ConvertAll(scalars, scalar => scalar.IsNull ? null : (object)((Int128)scalar.Value! * (Int128)BigInteger.Pow(10, scale - scalar.Type.Scale)));
        return new(DataType.List(DataType.Decimal128(38, scale)), values);
    }
}
