using System.Globalization;
using System.Numerics;
using System.Text;

namespace Micromegas.Engine.Expressions;

/// <summary>The text of numbers (spec/sql.md §5.6).</summary>
internal static class NumberForms
{
    /// <summary>Shortest digits that read back the same; fixed notation from 1e-5 to below 1e16.</summary>
    public static void Float<T>(ref BytesWriter writer, T value)
        where T : IBinaryFloatingPointIeee754<T>
    {
        if (TryAppendNotFinite(ref writer, value))
        {
            return;
        }
        Span<byte> text = stackalloc byte[40];
        value.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
        Shortest(ref writer, text[..length]);
    }

    /// <summary>The same digits without exponent and without a point behind whole numbers, as Rust prints floats.</summary>
    public static void Plain<T>(ref BytesWriter writer, T value)
        where T : IBinaryFloatingPointIeee754<T>
    {
        if (TryAppendNotFinite(ref writer, value))
        {
            return;
        }
        Span<byte> text = stackalloc byte[40];
        value.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
        Span<byte> digits = stackalloc byte[24];
        var scale = Significant(ref writer, text[..length], ref digits);
        Digits(ref writer, digits, isNegative: false, digits.Length - scale);
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

    private static bool TryAppendNotFinite<T>(ref BytesWriter writer, T value)
        where T : IBinaryFloatingPointIeee754<T>
    {
        if (T.IsFinite(value))
        {
            return false;
        }
        writer.Append(T.IsNaN(value) ? "NaN"u8 : T.IsPositive(value) ? "inf"u8 : "-inf"u8);
        return true;
    }

    /// <summary>Writes the sign and finds the significant digits of the framework's shortest text; the value is 0.d1d2d3… times ten to the power of the result.</summary>
    private static int Significant(ref BytesWriter writer, ReadOnlySpan<byte> text, ref Span<byte> digits)
    {
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
            digits[0] = (byte)'0';
            digits = digits[..1];
            return 1;
        }
        var scale = (pointAt < 0 ? count : pointAt) + exponent;
        count = Math.Min(count, digits.Length);
        while (count > 1 && digits[count - 1] == (byte)'0')
        {
            count--;
        }
        digits = digits[..count];
        return scale;
    }

    /// <summary>Rewrites the framework's shortest digits into our notation.</summary>
    private static void Shortest(ref BytesWriter writer, ReadOnlySpan<byte> text)
    {
        Span<byte> digits = stackalloc byte[24];
        var scale = Significant(ref writer, text, ref digits);
        if (scale is > -5 and <= 16)
        {
            Digits(ref writer, digits, isNegative: false, digits.Length - scale);
            if (digits.Length <= scale)
            {
                writer.Append(".0"u8);
            }
            return;
        }
        writer.Append(digits[0]);
        if (digits.Length > 1)
        {
            writer.Append((byte)'.');
            writer.Append(digits[1..]);
        }
        writer.Append((byte)'e');
        writer.Append(scale - 1);
    }

    public static void Zeros(ref BytesWriter writer, int count)
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
}
