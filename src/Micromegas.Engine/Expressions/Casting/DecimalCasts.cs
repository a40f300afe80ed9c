using System.Numerics;
using Micromegas.Columnar;
using Micromegas.Engine.Functions;

namespace Micromegas.Engine.Expressions;

/// <summary>Anything numeric to a decimal: rounds half away from zero; too many digits are an error or, for TRY_CAST, null.</summary>
internal sealed unsafe class ToDecimalKernel<T>(DataType from, DataType to, bool isTry) : FlatKernel<Int128>(to)
    where T : unmanaged, INumberBase<T>
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<Int128> output)
    {
        var reader = new FlatReader<T>(arguments[0]);
        var isFloat = from.IsFloat;
        foreach (var row in rows)
        {
            var value = reader[row];
            Int128 result;
            var fits = isFloat
                ? TryFloat(double.CreateTruncating(value), out result)
                : DecimalMath.TryRescale(Int128.CreateTruncating(value), from.Scale, Type.Scale, Type.Precision, out result);
            if (fits)
            {
                output.Values[row] = result;
            }
            else if (isTry)
            {
                Nulls.Set(output, row);
            }
            else
            {
                CastFailure.Number(value, Type);
            }
        }
    }

    private bool TryFloat(double value, out Int128 result)
    {
        // Round where a double has whole digits anyway; Int128 holds every double below 1e38.
        var scaled = Math.Round(value * Math.Pow(10, Type.Scale), MidpointRounding.AwayFromZero);
        result = Math.Abs(scaled) < 1e38 ? (Int128)scaled : default;
        return Math.Abs(scaled) < 1e38 && DecimalMath.Fits(result, Type.Precision);
    }
}

/// <summary>Numbers to Decimal256, and Decimal256 to narrower decimals, through big integers.</summary>
internal sealed unsafe class WideDecimalKernel(DataType from, DataType to, bool isTry) : FlatKernel(to)
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector output)
    {
        foreach (var row in rows)
        {
            if (TryConvert(arguments[0], row, out var value))
            {
                if (output is FlatVector<Int128> narrow)
                {
                    narrow.Values[row] = (Int128)value;
                }
                else
                {
                    ((FlatVector<Int256>)output).Values[row] = Int256.FromBigInteger(value);
                }
            }
            else if (isTry)
            {
                Nulls.Set(output, row);
            }
            else
            {
                CastFailure.Number(arguments[0].GetValue(row), Type);
            }
        }
    }

    private bool TryConvert(Vector source, int row, out BigInteger result)
    {
        var plain = source.Resolve(ref row);
        var value = BigInteger.Zero;
        switch (plain)
        {
            case FlatVector<Int128> flat:
                value = flat[row];
                break;
            case FlatVector<Int256> flat:
                value = flat[row].ToBigInteger();
                break;
            case FlatVector<ulong> flat:
                value = flat[row];
                break;
            default:
                if (from.IsFloat)
                {
                    var real = plain is FlatVector<Half> halves ? (double)halves[row] : Convert.ToDouble(plain.GetValue(row), System.Globalization.CultureInfo.InvariantCulture);
                    var scaled = Math.Round(real * Math.Pow(10, Type.Scale), MidpointRounding.AwayFromZero);
                    result = double.IsFinite(scaled) ? new BigInteger(scaled) : default;
                    return double.IsFinite(scaled) && DecimalMath.Fits(result, Type.Precision);
                }
                value = Convert.ToInt64(plain.GetValue(row), System.Globalization.CultureInfo.InvariantCulture);
                break;
        }
        return DecimalMath.TryRescale(value, from.Scale, Type.Scale, Type.Precision, out result);
    }
}

/// <summary>Decimals to integers (truncated) and floats.</summary>
internal sealed unsafe class FromDecimalKernel<T>(DataType from, DataType to, bool isTry) : FlatKernel<T>(to)
    where T : unmanaged, INumberBase<T>
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<T> output)
    {
        var reader = new WideReader(arguments[0], from);
        var narrow = from.Kind == TypeKind.Decimal128 ? new FlatReader<Int128>(arguments[0]) : default;
        var isNarrow = from.Kind == TypeKind.Decimal128 && from.Scale is >= 0 and <= 38;
        var divisor = isNarrow ? DecimalMath.Power(from.Scale) : 1;
        var toFloat = NumericCasts.Layout(Type) is TypeKind.Float16 or TypeKind.Float32 or TypeKind.Float64;
        foreach (var row in rows)
        {
            T result;
            bool fits;
            if (toFloat)
            {
                var whole = isNarrow ? (double)narrow[row] : (double)reader[row];
                result = T.CreateTruncating(whole / Math.Pow(10, from.Scale));
                fits = true;
            }
            else
            {
                var whole = isNarrow ? narrow[row] / divisor : Clamp(Whole(reader[row]));
                result = T.CreateTruncating(whole);
                fits = Int128.CreateTruncating(result) == whole;
            }
            if (fits)
            {
                output.Values[row] = result;
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

    private BigInteger Whole(BigInteger value) => from.Scale >= 0 ? value / BigInteger.Pow(10, from.Scale) : value * BigInteger.Pow(10, -from.Scale);

    private static Int128 Clamp(BigInteger value) =>
        value > (BigInteger)Int128.MaxValue ? Int128.MaxValue : value < (BigInteger)Int128.MinValue ? Int128.MinValue : (Int128)value;
}

/// <summary>Chooses the kernels of decimals.</summary>
internal static class DecimalCasts
{
    public static Kernel? Create(DataType from, DataType to, bool isTry)
    {
        if (to.IsDecimal)
        {
            if (to.Kind == TypeKind.Decimal256 || from.Kind == TypeKind.Decimal256 || to.Scale is < 0 or > 38 || from.Scale is < 0 or > 38)
            {
                return new WideDecimalKernel(from, to, isTry);
            }
            return NumericCasts.Layout(from) switch
            {
                TypeKind.Int8 => new ToDecimalKernel<sbyte>(from, to, isTry),
                TypeKind.Int16 => new ToDecimalKernel<short>(from, to, isTry),
                TypeKind.Int32 => new ToDecimalKernel<int>(from, to, isTry),
                TypeKind.Int64 => new ToDecimalKernel<long>(from, to, isTry),
                TypeKind.UInt8 => new ToDecimalKernel<byte>(from, to, isTry),
                TypeKind.UInt16 => new ToDecimalKernel<ushort>(from, to, isTry),
                TypeKind.UInt32 => new ToDecimalKernel<uint>(from, to, isTry),
                TypeKind.UInt64 => new ToDecimalKernel<ulong>(from, to, isTry),
                TypeKind.Float16 => new ToDecimalKernel<Half>(from, to, isTry),
                TypeKind.Float32 => new ToDecimalKernel<float>(from, to, isTry),
                TypeKind.Float64 => new ToDecimalKernel<double>(from, to, isTry),
                TypeKind.Decimal128 => new ToDecimalKernel<Int128>(from, to, isTry),
                _ => null,
            };
        }
        return NumericCasts.Layout(to) switch
        {
            TypeKind.Int8 => new FromDecimalKernel<sbyte>(from, to, isTry),
            TypeKind.Int16 => new FromDecimalKernel<short>(from, to, isTry),
            TypeKind.Int32 => new FromDecimalKernel<int>(from, to, isTry),
            TypeKind.Int64 => new FromDecimalKernel<long>(from, to, isTry),
            TypeKind.UInt8 => new FromDecimalKernel<byte>(from, to, isTry),
            TypeKind.UInt16 => new FromDecimalKernel<ushort>(from, to, isTry),
            TypeKind.UInt32 => new FromDecimalKernel<uint>(from, to, isTry),
            TypeKind.UInt64 => new FromDecimalKernel<ulong>(from, to, isTry),
            TypeKind.Float16 => new FromDecimalKernel<Half>(from, to, isTry),
            TypeKind.Float32 => new FromDecimalKernel<float>(from, to, isTry),
            TypeKind.Float64 => new FromDecimalKernel<double>(from, to, isTry),
            _ => null,
        };
    }
}
