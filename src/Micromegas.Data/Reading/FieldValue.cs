using System.Numerics;
using System.Runtime.CompilerServices;

namespace Micromegas.Data.Reading;

/// <summary>
/// <c>GetFieldValue&lt;T&gt;</c>: the comparisons of <c>typeof(T)</c> are decided when the method is compiled for a value type, so that what is left is one
/// typed call without boxing.
/// </summary>
internal static class FieldValue
{
    /// <summary>The value of a row that is not null.</summary>
    internal static T Get<T>(ColumnReader column, int row)
    {
        if (typeof(T).IsValueType)
        {
            return TypeTraits<T>.IsNullable ? GetNullable<T>(column, row) : GetStruct<T>(column, row);
        }

        return GetReference<T>(column, row);
    }

    private static T GetStruct<T>(ColumnReader column, int row)
    {
        if (typeof(T) == typeof(long))
        {
            return As<long, T>(column.GetInt64(row));
        }

        if (typeof(T) == typeof(int))
        {
            return As<int, T>(column.GetInt32(row));
        }

        if (typeof(T) == typeof(double))
        {
            return As<double, T>(column.GetDouble(row));
        }

        if (typeof(T) == typeof(NanoTimestamp))
        {
            return As<NanoTimestamp, T>(column.GetNanoTimestamp(row));
        }

        if (typeof(T) == typeof(DateTime))
        {
            return As<DateTime, T>(column.GetDateTime(row));
        }

        if (typeof(T) == typeof(DateTimeOffset))
        {
            return As<DateTimeOffset, T>(new DateTimeOffset(column.GetDateTime(row)));
        }

        if (typeof(T) == typeof(bool))
        {
            return As<bool, T>(column.GetBoolean(row));
        }

        if (typeof(T) == typeof(float))
        {
            return As<float, T>(column.GetSingle(row));
        }

        if (typeof(T) == typeof(decimal))
        {
            return As<decimal, T>(column.GetDecimal(row));
        }

        if (typeof(T) == typeof(Guid))
        {
            return As<Guid, T>(column.GetGuid(row));
        }

        if (typeof(T) == typeof(byte))
        {
            return As<byte, T>(column.GetInteger<byte>(row));
        }

        if (typeof(T) == typeof(short))
        {
            return As<short, T>(column.GetInteger<short>(row));
        }

        if (typeof(T) == typeof(sbyte))
        {
            return As<sbyte, T>(column.GetInteger<sbyte>(row));
        }

        if (typeof(T) == typeof(ushort))
        {
            return As<ushort, T>(column.GetInteger<ushort>(row));
        }

        if (typeof(T) == typeof(uint))
        {
            return As<uint, T>(column.GetInteger<uint>(row));
        }

        if (typeof(T) == typeof(ulong))
        {
            return As<ulong, T>(column.GetUInt64(row));
        }

        return GetRareStruct<T>(column, row);
    }

    private static T GetRareStruct<T>(ColumnReader column, int row)
    {
        if (typeof(T) == typeof(TimeSpan))
        {
            return As<TimeSpan, T>(column.GetTimeSpan(row));
        }

        if (typeof(T) == typeof(DateOnly))
        {
            return As<DateOnly, T>(column.GetDateOnly(row));
        }

        if (typeof(T) == typeof(TimeOnly))
        {
            return As<TimeOnly, T>(column.GetTimeOnly(row));
        }

        if (typeof(T) == typeof(MicromegasInterval))
        {
            return As<MicromegasInterval, T>(column.GetInterval(row));
        }

        if (typeof(T) == typeof(Int128))
        {
            return As<Int128, T>(column.GetInt128(row));
        }

        if (typeof(T) == typeof(BigInteger))
        {
            return As<BigInteger, T>(column.GetBigInteger(row));
        }

        if (typeof(T) == typeof(Half))
        {
            return As<Half, T>(column.GetHalf(row));
        }

        if (typeof(T) == typeof(char))
        {
            return As<char, T>(column.GetChar(row));
        }

        if (typeof(T) == typeof(ReadOnlyMemory<byte>))
        {
            return As<ReadOnlyMemory<byte>, T>(column.GetBytes(row));
        }

        if (typeof(T) == typeof(Memory<byte>))
        {
            return As<Memory<byte>, T>(column.GetBytes(row));
        }

        if (typeof(T).IsEnum)
        {
            return GetEnum<T>(column, row);
        }

        return column.TryGetObject(typeof(T), row, out var value) ? (T)value! : throw column.Mismatch(typeof(T));
    }

    private static T GetEnum<T>(ColumnReader column, int row)
    {
        if (column.Type.IsUtf8)
        {
            return (T)ParseEnum(typeof(T), column, row);
        }

        return System.Type.GetTypeCode(typeof(T)) switch
        {
            TypeCode.SByte => As<sbyte, T>(column.GetInteger<sbyte>(row)),
            TypeCode.Byte => As<byte, T>(column.GetInteger<byte>(row)),
            TypeCode.Int16 => As<short, T>(column.GetInteger<short>(row)),
            TypeCode.UInt16 => As<ushort, T>(column.GetInteger<ushort>(row)),
            TypeCode.Int32 => As<int, T>(column.GetInt32(row)),
            TypeCode.UInt32 => As<uint, T>(column.GetInteger<uint>(row)),
            TypeCode.Int64 => As<long, T>(column.GetInt64(row)),
            _ => As<ulong, T>(column.GetUInt64(row)),
        };
    }

    private static T GetNullable<T>(ColumnReader column, int row)
    {
        if (typeof(T) == typeof(long?))
        {
            return As<long?, T>(column.GetInt64(row));
        }

        if (typeof(T) == typeof(int?))
        {
            return As<int?, T>(column.GetInt32(row));
        }

        if (typeof(T) == typeof(double?))
        {
            return As<double?, T>(column.GetDouble(row));
        }

        if (typeof(T) == typeof(NanoTimestamp?))
        {
            return As<NanoTimestamp?, T>(column.GetNanoTimestamp(row));
        }

        if (typeof(T) == typeof(DateTime?))
        {
            return As<DateTime?, T>(column.GetDateTime(row));
        }

        if (typeof(T) == typeof(DateTimeOffset?))
        {
            return As<DateTimeOffset?, T>(new DateTimeOffset(column.GetDateTime(row)));
        }

        if (typeof(T) == typeof(bool?))
        {
            return As<bool?, T>(column.GetBoolean(row));
        }

        if (typeof(T) == typeof(float?))
        {
            return As<float?, T>(column.GetSingle(row));
        }

        if (typeof(T) == typeof(decimal?))
        {
            return As<decimal?, T>(column.GetDecimal(row));
        }

        if (typeof(T) == typeof(Guid?))
        {
            return As<Guid?, T>(column.GetGuid(row));
        }

        return GetRareNullable<T>(column, row);
    }

    private static T GetRareNullable<T>(ColumnReader column, int row)
    {
        var underlying = Nullable.GetUnderlyingType(typeof(T))!;
        object? value = System.Type.GetTypeCode(underlying) switch
        {
            _ when underlying.IsEnum => column.Type.IsUtf8 ? ParseEnum(underlying, column, row) : NumberedEnum(underlying, column, row),
            TypeCode.Byte => column.GetInteger<byte>(row),
            TypeCode.SByte => column.GetInteger<sbyte>(row),
            TypeCode.Int16 => column.GetInteger<short>(row),
            TypeCode.UInt16 => column.GetInteger<ushort>(row),
            TypeCode.UInt32 => column.GetInteger<uint>(row),
            TypeCode.UInt64 => column.GetUInt64(row),
            TypeCode.Char => column.GetChar(row),
            _ when underlying == typeof(TimeSpan) => column.GetTimeSpan(row),
            _ when underlying == typeof(DateOnly) => column.GetDateOnly(row),
            _ when underlying == typeof(TimeOnly) => column.GetTimeOnly(row),
            _ when underlying == typeof(MicromegasInterval) => column.GetInterval(row),
            _ when underlying == typeof(Int128) => column.GetInt128(row),
            _ when underlying == typeof(BigInteger) => column.GetBigInteger(row),
            _ when underlying == typeof(Half) => column.GetHalf(row),
            _ => column.TryGetObject(underlying, row, out var other) ? other : throw column.Mismatch(typeof(T)),
        };
        return (T)value!;
    }

    private static object ParseEnum(Type type, ColumnReader column, int row)
    {
        var text = column.GetString(row);
        return Enum.TryParse(type, text, ignoreCase: true, out var parsed)
            ? parsed!
            : throw new InvalidCastException($"Column '{column.Field.Name}' holds '{text}', which is no member of {type}.");
    }

    private static object NumberedEnum(Type type, ColumnReader column, int row) => Enum.ToObject(type, System.Type.GetTypeCode(type) switch
    {
        TypeCode.SByte => column.GetInteger<sbyte>(row),
        TypeCode.Byte => column.GetInteger<byte>(row),
        TypeCode.Int16 => column.GetInteger<short>(row),
        TypeCode.UInt16 => column.GetInteger<ushort>(row),
        TypeCode.Int32 => column.GetInt32(row),
        TypeCode.UInt32 => column.GetInteger<uint>(row),
        TypeCode.Int64 => column.GetInt64(row),
        _ => (object)column.GetUInt64(row),
    });

    private static T GetReference<T>(ColumnReader column, int row)
    {
        if (typeof(T) == typeof(string))
        {
            return (T)(object)column.GetString(row);
        }

        if (typeof(T) == typeof(byte[]))
        {
            return (T)(object)column.GetBytes(row);
        }

        if (typeof(T) == typeof(object))
        {
            return (T)column.GetValue(row);
        }

        if (typeof(T) == typeof(Stream))
        {
            return (T)(object)new MemoryStream(column.GetBytes(row), writable: false);
        }

        if (typeof(T) == typeof(TextReader))
        {
            return (T)(object)new StringReader(column.GetString(row));
        }

        if (column.TryGetObject(typeof(T), row, out var value))
        {
            return (T)value!;
        }

        return typeof(T).IsAssignableFrom(column.ClrType) ? (T)column.GetValue(row) : throw column.Mismatch(typeof(T));
    }

    /// <summary>Facts about a type that the compiler takes as constants in optimized code, and that cost no boxing elsewhere.</summary>
    internal static class TypeTraits<T>
    {
        /// <summary>Whether the type is a <see cref="Nullable{T}"/>.</summary>
        internal static readonly bool IsNullable = typeof(T).IsValueType && default(T) is null;
    }

    private static TTo As<TFrom, TTo>(TFrom value) => Unsafe.As<TFrom, TTo>(ref value);
}
