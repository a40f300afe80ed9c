using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Vector = Micromegas.Columnar.Vector;

namespace Micromegas.Data.Reading;

/// <summary>A column of type Null: every row is null.</summary>
internal sealed class NullColumn(Field field) : ColumnReader(field)
{
    internal override Type ClrType => typeof(object);

    protected override void BindPlain(Vector vector)
    {
    }

    internal override object GetValue(int row) => DBNull.Value;
}

/// <summary>A Boolean column.</summary>
internal sealed class BooleanColumn(Field field) : ColumnReader(field)
{
    private BitVector? _values;

    internal override Type ClrType => typeof(bool);

    protected override void BindPlain(Vector vector) => _values = vector as BitVector;

    internal override object GetValue(int row) => GetBoolean(row);

    internal override bool GetBoolean(int row) => _values![Locate(row)];
}

/// <summary>Columns whose values have a fixed size.</summary>
internal abstract unsafe class FlatColumn<T>(Field field) : ColumnReader(field)
    where T : unmanaged
{
    // Of the current batch; the reader asks for values only while there is one.
    private T* _values;

    /// <summary>The getter that gives the values as they are stored.</summary>
    protected virtual DirectKind Stored => DirectKind.None;

    protected override void BindPlain(Vector vector)
    {
        _values = vector is FlatVector<T> flat ? (T*)flat.Data : null;
        if (_values != null && Stored != DirectKind.None)
        {
            OfferDirect(Stored, _values);
        }
    }

    protected T this[int row] => _values[Locate(row)];
}

/// <summary>Integers; every numeric getter works, range checked.</summary>
internal sealed class IntegerColumn<T>(Field field) : FlatColumn<T>(field)
    where T : unmanaged, IBinaryInteger<T>
{
    internal override Type ClrType => typeof(T);

    protected override DirectKind Stored => typeof(T) == typeof(long) ? DirectKind.Int64 : typeof(T) == typeof(int) ? DirectKind.Int32 : DirectKind.None;

    internal override object GetValue(int row) => this[row];

    internal override long GetInt64(int row)
    {
        var value = this[row];
        return typeof(T) == typeof(ulong) && ulong.CreateTruncating(value) > long.MaxValue
            ? throw new OverflowException($"The value of column '{Field.Name}' does not fit Int64.")
            : long.CreateTruncating(value);
    }

    internal override int GetInt32(int row)
        => typeof(T) == typeof(int) || typeof(T) == typeof(short) || typeof(T) == typeof(sbyte) || typeof(T) == typeof(byte) || typeof(T) == typeof(ushort)
            ? int.CreateTruncating(this[row])
            : base.GetInt32(row);

    internal override Int128 GetInt128(int row) => Int128.CreateTruncating(this[row]);

    internal override double GetDouble(int row) => double.CreateTruncating(this[row]);

    internal override float GetSingle(int row) => float.CreateTruncating(this[row]);

    internal override decimal GetDecimal(int row) => decimal.CreateTruncating(this[row]);
}

/// <summary>Floating-point numbers; they widen, but never narrow.</summary>
internal sealed class FloatColumn<T>(Field field) : FlatColumn<T>(field)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal override Type ClrType => typeof(T);

    protected override DirectKind Stored => typeof(T) == typeof(double) ? DirectKind.Double : DirectKind.None;

    internal override object GetValue(int row) => this[row];

    internal override double GetDouble(int row) => double.CreateTruncating(this[row]);

    internal override float GetSingle(int row) => typeof(T) == typeof(double) ? base.GetSingle(row) : float.CreateTruncating(this[row]);

    internal override Half GetHalf(int row) => typeof(T) == typeof(Half) ? Half.CreateTruncating(this[row]) : base.GetHalf(row);
}

/// <summary>Decimals of 128 or 256 bits: <see cref="decimal"/> where the digits fit, <see cref="BigInteger"/> where there are none after the point, text always.</summary>
internal sealed class DecimalColumn<T>(Field field) : FlatColumn<T>(field)
    where T : unmanaged
{
    internal override Type ClrType => typeof(decimal);

    internal override object GetValue(int row) => GetDecimal(row);

    internal override decimal GetDecimal(int row)
    {
        var scale = Type.Scale;
        if (typeof(T) == typeof(Int128) && scale is >= 0 and <= 28)
        {
            var value = this[row];
            var narrow = Unsafe.As<T, Int128>(ref value);
            var magnitude = (UInt128)Int128.Abs(narrow);
            if (magnitude >> 96 == UInt128.Zero)
            {
                return new decimal((int)(uint)magnitude, (int)(uint)(magnitude >> 32), (int)(uint)(magnitude >> 64), narrow < 0, (byte)scale);
            }
        }

        var unscaled = Unscaled(row);
        if (scale is >= 0 and <= 28 && unscaled >= -MaxMantissa && unscaled <= MaxMantissa)
        {
            var mantissa = (UInt128)BigInteger.Abs(unscaled);
            return new decimal((int)(uint)mantissa, (int)(uint)(mantissa >> 32), (int)(uint)(mantissa >> 64), unscaled.Sign < 0, (byte)scale);
        }

        // Digits that the scale added and the value does not use may be dropped.
        while (scale > 0 && unscaled % 10 == 0)
        {
            unscaled /= 10;
            scale--;
        }

        for (; scale < 0; scale++)
        {
            unscaled *= 10;
        }

        if (scale <= 28 && BigInteger.Abs(unscaled) <= MaxMantissa)
        {
            var mantissa = (UInt128)BigInteger.Abs(unscaled);
            return new decimal((int)(uint)mantissa, (int)(uint)(mantissa >> 32), (int)(uint)(mantissa >> 64), unscaled.Sign < 0, (byte)scale);
        }

        throw new OverflowException($"The value of column '{Field.Name}', {GetString(row)}, does not fit System.Decimal; read it as text or as BigInteger.");
    }

    internal override long GetInt64(int row) => Integral<long>(row);

    internal override Int128 GetInt128(int row) => Integral<Int128>(row);

    internal override double GetDouble(int row) => double.Parse(GetString(row), CultureInfo.InvariantCulture);

    internal override float GetSingle(int row) => float.Parse(GetString(row), CultureInfo.InvariantCulture);

    internal override BigInteger GetBigInteger(int row)
    {
        var unscaled = Unscaled(row);
        if (Type.Scale <= 0)
        {
            return unscaled * BigInteger.Pow(10, -Type.Scale);
        }

        var quotient = BigInteger.DivRem(unscaled, BigInteger.Pow(10, Type.Scale), out var remainder);
        return remainder.IsZero ? quotient : throw new InvalidCastException($"The value of column '{Field.Name}', {GetString(row)}, is no integer.");
    }

    internal override string GetString(int row)
    {
        var unscaled = Unscaled(row);
        var digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture);
        if (Type.Scale <= 0)
        {
            digits += unscaled.IsZero ? "" : new string('0', -Type.Scale);
        }
        else
        {
            digits = digits.PadLeft(Type.Scale + 1, '0').Insert(Math.Max(digits.Length, Type.Scale + 1) - Type.Scale, ".");
        }

        return unscaled.Sign < 0 ? "-" + digits : digits;
    }

    private static BigInteger MaxMantissa { get; } = (BigInteger.One << 96) - 1;

    private BigInteger Unscaled(int row)
    {
        var value = this[row];
        return typeof(T) == typeof(Int256) ? Unsafe.As<T, Int256>(ref value).ToBigInteger() : Unsafe.As<T, Int128>(ref value);
    }

    private TInteger Integral<TInteger>(int row)
        where TInteger : IBinaryInteger<TInteger>
    {
        try
        {
            return TInteger.CreateChecked(GetBigInteger(row));
        }
        catch (OverflowException e)
        {
            throw new OverflowException($"The value of column '{Field.Name}', {GetString(row)}, does not fit {typeof(TInteger).Name}.", e);
        }
    }
}
