using System.Numerics;
using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>One conversion of a flat value; false when it does not fit.</summary>
internal interface IConversion<TFrom, TTo>
    where TFrom : unmanaged
    where TTo : unmanaged
{
    static abstract bool TryConvert(TFrom value, out TTo result);
}

/// <summary>Converts flat values one by one; what does not fit is an error or, for TRY_CAST, null.</summary>
internal sealed class ConversionKernel<TFrom, TTo, TConversion>(DataType target, bool isTry) : FlatKernel<TTo>(target)
    where TFrom : unmanaged
    where TTo : unmanaged
    where TConversion : struct, IConversion<TFrom, TTo>
{
    protected override unsafe void Run(Vector[] arguments, RowSet rows, FlatVector<TTo> output)
    {
        var reader = new FlatReader<TFrom>(arguments[0]);
        var target = output.Values;
        foreach (var row in rows)
        {
            if (TConversion.TryConvert(reader[row], out var value))
            {
                target[row] = value;
            }
            else if (isTry)
            {
                Nulls.Set(output, row);
            }
            else
            {
                CastFailure.Number(reader[row], Type);
            }
        }
    }
}

internal readonly struct IntegerToInteger<TFrom, TTo> : IConversion<TFrom, TTo>
    where TFrom : unmanaged, IBinaryInteger<TFrom>
    where TTo : unmanaged, IBinaryInteger<TTo>
{
    public static bool TryConvert(TFrom value, out TTo result)
    {
        result = TTo.CreateTruncating(value);
        return TFrom.CreateTruncating(result) == value && TFrom.IsNegative(value) == TTo.IsNegative(result);
    }
}

internal readonly struct NumberToFloat<TFrom, TTo> : IConversion<TFrom, TTo>
    where TFrom : unmanaged, INumberBase<TFrom>
    where TTo : unmanaged, IFloatingPointIeee754<TTo>
{
    public static bool TryConvert(TFrom value, out TTo result)
    {
        result = TTo.CreateTruncating(value);
        return true;
    }
}

internal readonly struct FloatToInteger<TFrom, TTo> : IConversion<TFrom, TTo>
    where TFrom : unmanaged, IFloatingPointIeee754<TFrom>
    where TTo : unmanaged, IBinaryInteger<TTo>, IMinMaxValue<TTo>
{
    private static readonly double Low = double.CreateTruncating(TTo.MinValue);
    private static readonly double High = Math.ScaleB(1, (System.Runtime.CompilerServices.Unsafe.SizeOf<TTo>() * 8) - (TTo.IsNegative(TTo.MinValue) ? 1 : 0));

    public static bool TryConvert(TFrom value, out TTo result)
    {
        var whole = Math.Truncate(double.CreateTruncating(value));
        if (whole >= Low && whole < High)
        {
            result = TTo.CreateTruncating(whole);
            return true;
        }
        result = default;
        return false;
    }
}

/// <summary>Numbers to Boolean: what is not zero is true.</summary>
internal sealed class NumberToBooleanKernel<T>() : BitKernel
    where T : unmanaged, INumberBase<T>
{
    protected override unsafe void Run(Vector[] arguments, RowSet rows, BitVector output)
    {
        var reader = new FlatReader<T>(arguments[0]);
        foreach (var row in rows)
        {
            Bitmap.Assign(output.Words, row, !T.IsZero(reader[row]));
        }
    }
}

/// <summary>Boolean to number: 1 and 0.</summary>
internal sealed class BooleanToNumberKernel<T>(DataType target) : FlatKernel<T>(target)
    where T : unmanaged, INumberBase<T>
{
    protected override unsafe void Run(Vector[] arguments, RowSet rows, FlatVector<T> output)
    {
        var reader = new BitReader(arguments[0]);
        foreach (var row in rows)
        {
            output.Values[row] = reader[row] ? T.One : T.Zero;
        }
    }
}

/// <summary>Chooses the kernels between integers, floats and Booleans.</summary>
internal static class NumericCasts
{
    /// <summary>From a type whose values lie as an integer or float; null when the target is neither.</summary>
    public static Kernel? Create(DataType from, DataType to, bool isTry) => Layout(from) switch
    {
        TypeKind.Boolean => FromBoolean(to),
        TypeKind.Int8 => FromInteger<sbyte>(to, isTry),
        TypeKind.Int16 => FromInteger<short>(to, isTry),
        TypeKind.Int32 => FromInteger<int>(to, isTry),
        TypeKind.Int64 => FromInteger<long>(to, isTry),
        TypeKind.UInt8 => FromInteger<byte>(to, isTry),
        TypeKind.UInt16 => FromInteger<ushort>(to, isTry),
        TypeKind.UInt32 => FromInteger<uint>(to, isTry),
        TypeKind.UInt64 => FromInteger<ulong>(to, isTry),
        TypeKind.Float16 => FromFloat<Half>(to, isTry),
        TypeKind.Float32 => FromFloat<float>(to, isTry),
        TypeKind.Float64 => FromFloat<double>(to, isTry),
        _ => null,
    };

    /// <summary>The number type that a type's values lie as.</summary>
    public static TypeKind Layout(DataType type) => type.Kind switch
    {
        TypeKind.Date32 or TypeKind.Time32 or TypeKind.IntervalYearMonth => TypeKind.Int32,
        TypeKind.Date64 or TypeKind.Time64 or TypeKind.Timestamp or TypeKind.Duration => TypeKind.Int64,
        _ => type.Kind,
    };

    private static Kernel? FromInteger<T>(DataType to, bool isTry)
        where T : unmanaged, IBinaryInteger<T> => Layout(to) switch
        {
            TypeKind.Boolean => new NumberToBooleanKernel<T>(),
            TypeKind.Int8 => new ConversionKernel<T, sbyte, IntegerToInteger<T, sbyte>>(to, isTry),
            TypeKind.Int16 => new ConversionKernel<T, short, IntegerToInteger<T, short>>(to, isTry),
            TypeKind.Int32 => new ConversionKernel<T, int, IntegerToInteger<T, int>>(to, isTry),
            TypeKind.Int64 => new ConversionKernel<T, long, IntegerToInteger<T, long>>(to, isTry),
            TypeKind.UInt8 => new ConversionKernel<T, byte, IntegerToInteger<T, byte>>(to, isTry),
            TypeKind.UInt16 => new ConversionKernel<T, ushort, IntegerToInteger<T, ushort>>(to, isTry),
            TypeKind.UInt32 => new ConversionKernel<T, uint, IntegerToInteger<T, uint>>(to, isTry),
            TypeKind.UInt64 => new ConversionKernel<T, ulong, IntegerToInteger<T, ulong>>(to, isTry),
            _ => ToFloat<T>(to, isTry),
        };

    private static Kernel? FromFloat<T>(DataType to, bool isTry)
        where T : unmanaged, IFloatingPointIeee754<T> => Layout(to) switch
        {
            TypeKind.Boolean => new NumberToBooleanKernel<T>(),
            TypeKind.Int8 => new ConversionKernel<T, sbyte, FloatToInteger<T, sbyte>>(to, isTry),
            TypeKind.Int16 => new ConversionKernel<T, short, FloatToInteger<T, short>>(to, isTry),
            TypeKind.Int32 => new ConversionKernel<T, int, FloatToInteger<T, int>>(to, isTry),
            TypeKind.Int64 => new ConversionKernel<T, long, FloatToInteger<T, long>>(to, isTry),
            TypeKind.UInt8 => new ConversionKernel<T, byte, FloatToInteger<T, byte>>(to, isTry),
            TypeKind.UInt16 => new ConversionKernel<T, ushort, FloatToInteger<T, ushort>>(to, isTry),
            TypeKind.UInt32 => new ConversionKernel<T, uint, FloatToInteger<T, uint>>(to, isTry),
            TypeKind.UInt64 => new ConversionKernel<T, ulong, FloatToInteger<T, ulong>>(to, isTry),
            _ => ToFloat<T>(to, isTry),
        };

    private static Kernel? ToFloat<T>(DataType to, bool isTry)
        where T : unmanaged, INumberBase<T> => to.Kind switch
        {
            TypeKind.Float16 => new ConversionKernel<T, Half, NumberToFloat<T, Half>>(to, isTry),
            TypeKind.Float32 => new ConversionKernel<T, float, NumberToFloat<T, float>>(to, isTry),
            TypeKind.Float64 => new ConversionKernel<T, double, NumberToFloat<T, double>>(to, isTry),
            _ => null,
        };

    private static Kernel? FromBoolean(DataType to) => to.Kind switch
    {
        TypeKind.Int8 => new BooleanToNumberKernel<sbyte>(to),
        TypeKind.Int16 => new BooleanToNumberKernel<short>(to),
        TypeKind.Int32 => new BooleanToNumberKernel<int>(to),
        TypeKind.Int64 => new BooleanToNumberKernel<long>(to),
        TypeKind.UInt8 => new BooleanToNumberKernel<byte>(to),
        TypeKind.UInt16 => new BooleanToNumberKernel<ushort>(to),
        TypeKind.UInt32 => new BooleanToNumberKernel<uint>(to),
        TypeKind.UInt64 => new BooleanToNumberKernel<ulong>(to),
        TypeKind.Float16 => new BooleanToNumberKernel<Half>(to),
        TypeKind.Float32 => new BooleanToNumberKernel<float>(to),
        TypeKind.Float64 => new BooleanToNumberKernel<double>(to),
        _ => null,
    };
}
