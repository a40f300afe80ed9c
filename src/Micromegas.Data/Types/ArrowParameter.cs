using System.Collections;
using System.Data;
using System.Globalization;
using System.Numerics;
using Micromegas.Columnar;

namespace Micromegas.Data.Types;

/// <summary>Parameters whose Arrow type was named (<see cref="MicromegasParameter.DataTypeName"/>): the value as a scalar of that type.</summary>
internal static class ArrowParameter
{
    /// <exception cref="FormatException">The value is no text of such a value, or has more digits than the type.</exception>
    /// <exception cref="OverflowException">The value is outside the type's range.</exception>
    /// <exception cref="InvalidCastException">Values of its kind do not become values of the type.</exception>
    internal static Scalar Create(DataType type, object? value)
    {
        var plain = type.ValueType;
        return new(plain, Store(plain, value));
    }

    private static object? Store(DataType type, object? value) => value is null or DBNull ? null : type.Kind switch
    {
        TypeKind.Null => throw new InvalidCastException("A value of type Null is NULL."),
        TypeKind.Boolean => Of(DbType.Boolean, value),
        TypeKind.Int8 => Of(DbType.SByte, value),
        TypeKind.Int16 => Of(DbType.Int16, value),
        TypeKind.Int32 => Of(DbType.Int32, value),
        TypeKind.Int64 => Of(DbType.Int64, value),
        TypeKind.UInt8 => Of(DbType.Byte, value),
        TypeKind.UInt16 => Of(DbType.UInt16, value),
        TypeKind.UInt32 => Of(DbType.UInt32, value),
        TypeKind.UInt64 => Of(DbType.UInt64, value),
        TypeKind.Float16 => value is Half ? value : (Half)(double)Of(DbType.Double, value)!,
        TypeKind.Float32 => Of(DbType.Single, value),
        TypeKind.Float64 => Of(DbType.Double, value),
        TypeKind.Decimal128 => (Int128)Unscaled(type, value),
        TypeKind.Decimal256 => Int256.FromBigInteger(Unscaled(type, value)),
        TypeKind.Utf8 or TypeKind.LargeUtf8 or TypeKind.Utf8View => Of(DbType.String, value),
        TypeKind.Binary or TypeKind.LargeBinary or TypeKind.BinaryView => ParameterScalar.Infer(value).Value as byte[] ?? throw Mismatch(type, value),
        TypeKind.Date32 => Of(DbType.Date, value),
        TypeKind.Date64 => (int)Of(DbType.Date, value)! * 86_400_000L,
        TypeKind.Time32 => (int)Units((long)Of(DbType.Time, value)!, type.Unit),
        TypeKind.Time64 => Units((long)Of(DbType.Time, value)!, type.Unit),
        TypeKind.Timestamp => Units((long)Of(DbType.DateTime, value)!, type.Unit),
        TypeKind.Duration => Units(ParameterScalar.Infer(value) is { Type.Kind: TypeKind.Duration, Value: long time } ? time : throw Mismatch(type, value), type.Unit),
        TypeKind.IntervalMonthDayNano => ParameterScalar.Infer(value) switch
        {
            { Value: MonthDayNano interval } => interval,
            { Type.Kind: TypeKind.Duration, Value: long time } => new MonthDayNano(0, 0, time),
            _ => throw Mismatch(type, value),
        },
        TypeKind.List or TypeKind.LargeList => Items(type, value),
        _ => throw Mismatch(type, value),
    };

    private static object? Of(DbType type, object value) => ParameterScalar.OfType(type, value).Value;

    private static object?[] Items(DataType type, object value)
        => value is IEnumerable items and not string ? [.. items.Cast<object?>().Select(item => Store(type.ItemField.Type.ValueType, item))] : throw Mismatch(type, value);

    /// <summary>Nanoseconds in another unit, truncated toward the past as the getters do.</summary>
    private static long Units(long nanoseconds, TimeUnit unit) => NanoTimestamp.FloorDivide(nanoseconds, unit switch
    {
        TimeUnit.Second => NanoTimestamp.NanosecondsPerSecond,
        TimeUnit.Millisecond => 1_000_000,
        TimeUnit.Microsecond => 1_000,
        _ => 1,
    });

    private static BigInteger Unscaled(DataType type, object value)
    {
        var scalar = value is BigInteger or Int128 or UInt128 ? ParameterScalar.Infer(value) : ParameterScalar.OfType(DbType.Decimal, value);
        var unscaled = scalar.Value is Int128 narrow ? narrow : ((Int256)scalar.Value!).ToBigInteger();
        var shift = type.Scale - scalar.Type.Scale;
        if (shift < 0)
        {
            unscaled = BigInteger.DivRem(unscaled, BigInteger.Pow(10, -shift), out var lost);
            if (!lost.IsZero)
            {
                throw new FormatException($"It has more than {type.Scale} digits after the point.");
            }
        }
        else
        {
            unscaled *= BigInteger.Pow(10, shift);
        }

        return BigInteger.Abs(unscaled) < BigInteger.Pow(10, type.Precision) ? unscaled : throw new OverflowException($"It has more than {type.Precision} digits.");
    }

    private static InvalidCastException Mismatch(DataType type, object value)
        => new(string.Create(CultureInfo.InvariantCulture, $"Values of {value.GetType()} do not become {type}."));
}
