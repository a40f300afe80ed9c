using System.Numerics;
using Micromegas.Columnar;

namespace Micromegas.Engine.Functions;

/// <summary>Powers of ten and scale changes of unscaled decimals.</summary>
internal static class DecimalMath
{
    private static readonly Int128[] Powers = MakePowers();

    /// <summary>10 to the power of 0 to 38.</summary>
    public static Int128 Power(int exponent) => Powers[exponent];

    /// <summary>Whether an unscaled value has at most <paramref name="precision"/> digits.</summary>
    public static bool Fits(Int128 value, int precision) => precision >= 38
        ? value < Powers[38] && value > -Powers[38]
        : value < Powers[precision] && value > -Powers[precision];

    public static bool Fits(BigInteger value, int precision) => BigInteger.Abs(value) < BigInteger.Pow(10, precision);

    /// <summary>Changes the scale, rounding half away from zero; false when the result has more than <paramref name="precision"/> digits.</summary>
    public static bool TryRescale(Int128 value, int fromScale, int toScale, int precision, out Int128 result)
    {
        var shift = toScale - fromScale;
        if (shift > 0)
        {
            // value * 10^shift has at most `precision` digits exactly when value has at most `precision - shift`.
            if (value != 0 && (shift >= precision || !Fits(value, precision - shift)))
            {
                result = default;
                return false;
            }
            result = value == 0 ? 0 : value * Powers[Math.Min(shift, 38)];
            return true;
        }
        result = shift < -38 ? 0 : shift == 0 ? value : DivideRounded(value, Powers[-shift]);
        return Fits(result, precision);
    }

    public static bool TryRescale(BigInteger value, int fromScale, int toScale, int precision, out BigInteger result)
    {
        var shift = toScale - fromScale;
        result = shift >= 0 ? value * BigInteger.Pow(10, shift) : DivideRounded(value, BigInteger.Pow(10, -shift));
        return Fits(result, precision);
    }

    /// <summary>Half away from zero.</summary>
    public static Int128 DivideRounded(Int128 value, Int128 divisor)
    {
        var (quotient, remainder) = Int128.DivRem(value, divisor);
        if (Int128.Abs(remainder) >= divisor - Int128.Abs(remainder))
        {
            quotient += value < 0 ? -1 : 1;
        }
        return quotient;
    }

    /// <summary>Half away from zero.</summary>
    public static BigInteger DivideRounded(BigInteger value, BigInteger divisor)
    {
        var quotient = BigInteger.DivRem(value, divisor, out var remainder);
        return BigInteger.Abs(remainder) * 2 >= divisor ? quotient + (value.Sign < 0 ? -1 : 1) : quotient;
    }

    private static Int128[] MakePowers()
    {
        var powers = new Int128[39];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * 10;
        }
        return powers;
    }
}
