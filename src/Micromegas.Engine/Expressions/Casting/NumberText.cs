using System.Globalization;
using System.Numerics;
using System.Text;
using Micromegas.Engine.Functions;

namespace Micromegas.Engine.Expressions;

/// <summary>Reads numbers and Booleans from text as SQL casts do (spec/sql.md §5.7): the whole text; only Booleans and decimals may stand between blanks.</summary>
internal static class NumberText
{
    /// <summary>An optional sign and digits.</summary>
    public static bool TryInteger<T>(ReadOnlySpan<byte> text, out T result)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        result = default;
        var isNegative = !text.IsEmpty && text[0] == (byte)'-';
        if (isNegative || (!text.IsEmpty && text[0] == (byte)'+'))
        {
            text = text[1..];
        }
        if (text.IsEmpty)
        {
            return false;
        }
        ulong magnitude = 0;
        foreach (var c in text)
        {
            var digit = (uint)(c - '0');
            if (digit > 9 || magnitude > (ulong.MaxValue - digit) / 10)
            {
                return false;
            }
            magnitude = (magnitude * 10) + digit;
        }
        var limit = isNegative
            ? (T.IsNegative(T.MinValue) ? ulong.CreateTruncating(T.MaxValue) + 1 : 0)
            : ulong.CreateTruncating(T.MaxValue);
        if (magnitude > limit)
        {
            return false;
        }
        result = T.CreateTruncating(isNegative ? 0 - magnitude : magnitude);
        return true;
    }

    /// <summary>A decimal number, optionally with exponent; <c>NaN</c>, <c>inf</c>, <c>infinity</c> in any case.</summary>
    public static bool TryFloat<T>(ReadOnlySpan<byte> text, out T result)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var unsigned = !text.IsEmpty && text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        if (unsigned.IsEmpty)
        {
            result = default;
            return false;
        }
        if (unsigned[0] is (byte)'.' or >= (byte)'0' and <= (byte)'9')
        {
            return T.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out result);
        }
        var sign = text[0] == (byte)'-' ? -T.One : T.One;
        if (Ascii.EqualsIgnoreCase(unsigned, "nan"u8))
        {
            result = T.NaN;
            return true;
        }
        result = sign * T.PositiveInfinity;
        return Ascii.EqualsIgnoreCase(unsigned, "inf"u8) || Ascii.EqualsIgnoreCase(unsigned, "infinity"u8);
    }

    /// <summary>
    /// Digits with an optional sign and point, between blanks and without exponent; rounds half away from zero to the scale. No digits at all are zero
    /// where the scale leaves room for some, as Arrow's cast reads them.
    /// </summary>
    public static bool TryDecimal(ReadOnlySpan<byte> text, int precision, int scale, out BigInteger result)
    {
        result = BigInteger.Zero;
        text = text.Trim(" \t\r\n"u8);
        var isNegative = !text.IsEmpty && text[0] == (byte)'-';
        if (isNegative || (!text.IsEmpty && text[0] == (byte)'+'))
        {
            text = text[1..];
        }
        var point = text.IndexOf((byte)'.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? [] : text[(point + 1)..];
        if (whole.Length + fraction.Length > 1000 || (whole.Length + fraction.Length == 0 && scale <= 0) || !TryAppend(whole, ref result) || !TryAppend(fraction, ref result))
        {
            return false;
        }
        if (!DecimalMath.TryRescale(result, fraction.Length, scale, precision, out result))
        {
            return false;
        }
        result = isNegative ? -result : result;
        return true;
    }

    private static bool TryAppend(ReadOnlySpan<byte> digits, ref BigInteger value)
    {
        foreach (var c in digits)
        {
            if (c is < (byte)'0' or > (byte)'9')
            {
                return false;
            }
            value = (value * 10) + (c - '0');
        }
        return true;
    }

    /// <summary>t tr tru true y ye yes on 1, f fa fal fals false n no of off 0, in any case and between blanks.</summary>
    public static bool TryBoolean(ReadOnlySpan<byte> text, out bool result)
    {
        text = text.Trim(" \t\r\n"u8);
        Span<byte> lower = stackalloc byte[8];
        result = false;
        if (text.IsEmpty || text.Length > 5 || Ascii.ToLower(text, lower, out var written) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }
        ReadOnlySpan<byte> word = lower[..written];
        if ("true"u8.StartsWith(word) || "yes"u8.StartsWith(word) || word.SequenceEqual("on"u8) || word.SequenceEqual("1"u8))
        {
            result = true;
            return true;
        }
        return "false"u8.StartsWith(word) || "no"u8.StartsWith(word) || word.SequenceEqual("of"u8) || word.SequenceEqual("off"u8)
            || word.SequenceEqual("0"u8);
    }
}
