using System.Globalization;

namespace Micromegas.Formats;

/// <summary>Numbers: decimal, hexadecimal, named.</summary>
internal ref partial struct JsonTextParser
{
    private bool Number()
    {
        int start = position;
        bool negative = false;
        if (text[position] is (byte)'+' or (byte)'-')
        {
            negative = text[position] == '-';
            position++;
        }

        if (Word("infinity"u8))
        {
            builder.AddDouble(negative ? double.NegativeInfinity : double.PositiveInfinity);
            return true;
        }

        if (Word("nan"u8))
        {
            builder.AddDouble(double.NaN);
            return true;
        }

        if (position + 1 < text.Length && text[position] == '0' && text[position + 1] is (byte)'x' or (byte)'X')
        {
            return Hexadecimal(negative);
        }

        int digits = position;
        int count = SkipDigits();
        bool integral = true;
        if (Take('.'))
        {
            integral = false;
            count += SkipDigits();
        }

        if (count == 0)
        {
            return false;
        }

        if (position < text.Length && text[position] is (byte)'e' or (byte)'E')
        {
            integral = false;
            position++;
            if (position < text.Length && text[position] is (byte)'+' or (byte)'-')
            {
                position++;
            }

            if (SkipDigits() == 0)
            {
                return false;
            }
        }

        if (integral && ulong.TryParse(text[digits..position], NumberStyles.None, CultureInfo.InvariantCulture, out ulong magnitude))
        {
            return AddInteger(negative, magnitude);
        }

        if (!double.TryParse(text[start..position], NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
        {
            return false;
        }

        builder.AddDouble(value);
        return true;
    }

    private bool Hexadecimal(bool negative)
    {
        position += 2;
        int start = position;
        while (position < text.Length && char.IsAsciiHexDigit((char)text[position]))
        {
            position++;
        }

        ReadOnlySpan<byte> digits = text[start..position];
        if (digits.IsEmpty)
        {
            return false;
        }

        if (ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong magnitude))
        {
            return AddInteger(negative, magnitude);
        }

        double value = 0;
        foreach (byte digit in digits)
        {
            value = value * 16 + System.Convert.ToInt32(((char)digit).ToString(), 16);
        }

        builder.AddDouble(negative ? -value : value);
        return true;
    }

    private readonly bool AddInteger(bool negative, ulong magnitude)
    {
        if (!negative)
        {
            builder.AddUInt64(magnitude);
        }
        else if (magnitude <= 1UL << 63)
        {
            builder.AddInt64(unchecked(-(long)magnitude));
        }
        else
        {
            builder.AddDouble(-(double)magnitude);
        }

        return true;
    }

    private int SkipDigits()
    {
        int start = position;
        while (position < text.Length && char.IsAsciiDigit((char)text[position]))
        {
            position++;
        }

        return position - start;
    }
}
