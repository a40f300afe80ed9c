using System.Globalization;

namespace Micromegas.Formats;

/// <summary>Doubles as JSON text by the rule of spec/sql.md §2.5.</summary>
internal static class JsonDouble
{
    /// <summary>
    /// Shortest digits that round-trip; fixed notation with a point when 1e-5 ≤ |x| &lt; 1e16 or x is 0, else mantissa and signed exponent.
    /// </summary>
    public static void Format(double value, PooledBuffer output, JsonExponent style)
    {
        Span<byte> shortest = stackalloc byte[32];
        value.TryFormat(shortest, out int written, default, CultureInfo.InvariantCulture);
        ReadOnlySpan<byte> text = shortest[..written];
        if (text[0] == '-')
        {
            output.Write((byte)'-');
            text = text[1..];
        }

        Span<byte> digits = stackalloc byte[32];
        int count = ReadDigits(text, digits, out int exponent);
        if (count == 0)
        {
            output.Write("0.0"u8);
            return;
        }

        ReadOnlySpan<byte> significant = digits[..count];
        switch (exponent)
        {
            case >= 0 and < 16 when count <= exponent + 1:
                output.Write(significant);
                Zeros(exponent + 1 - count, output);
                output.Write(".0"u8);
                break;
            case >= 0 and < 16:
                output.Write(significant[..(exponent + 1)]);
                output.Write((byte)'.');
                output.Write(significant[(exponent + 1)..]);
                break;
            case < 0 and >= -5:
                output.Write("0."u8);
                Zeros(-1 - exponent, output);
                output.Write(significant);
                break;
            default:
                output.Write(significant[0]);
                if (count > 1)
                {
                    output.Write((byte)'.');
                    output.Write(significant[1..]);
                }

                output.Write(exponent < 0 ? "e-"u8 : style == JsonExponent.Signed ? "e+"u8 : "e"u8);
                Math.Abs(exponent).TryFormat(output.GetSpan(4), out int length, default, CultureInfo.InvariantCulture);
                output.Advance(length);
                break;
        }
    }

    // Significant digits without leading and trailing zeros, and the power of ten of the first one.
    private static int ReadDigits(ReadOnlySpan<byte> text, Span<byte> digits, out int exponent)
    {
        int count = 0;
        int beforePoint = 0;
        bool point = false;
        int leadingZeros = 0;
        int scientific = 0;
        for (int i = 0; i < text.Length; i++)
        {
            byte c = text[i];
            if (c == '.')
            {
                point = true;
            }
            else if (c == 'E')
            {
                scientific = int.Parse(text[(i + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                break;
            }
            else
            {
                if (count == 0 && c == '0')
                {
                    leadingZeros += point ? 1 : 0;
                    continue;
                }

                digits[count++] = c;
                beforePoint += point ? 0 : 1;
            }
        }

        exponent = scientific + (beforePoint > 0 ? beforePoint - 1 : -1 - leadingZeros);
        while (count > 0 && digits[count - 1] == '0')
        {
            count--;
        }

        return count;
    }

    private static void Zeros(int count, PooledBuffer output) => output.Append(count).Fill((byte)'0');
}
