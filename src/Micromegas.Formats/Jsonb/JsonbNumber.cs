using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Micromegas.Formats;

/// <summary>A decoded JSONB number (spec/sql.md §2.2): an integer of any sign, a double, or a decimal.</summary>
internal readonly struct JsonbNumber
{
    private readonly Int128 integer;
    private readonly double real;
    private readonly BigInteger unscaled;
    private readonly int scale;
    private readonly Form form;

    private JsonbNumber(Int128 integer)
    {
        this.integer = integer;
        form = Form.Integer;
    }

    private JsonbNumber(double real)
    {
        this.real = real;
        form = Form.Real;
    }

    private JsonbNumber(BigInteger unscaled, int scale)
    {
        this.unscaled = unscaled;
        this.scale = scale;
        form = Form.Decimal;
    }

    private enum Form : byte
    {
        Integer,
        Real,
        Decimal,
    }

    public static JsonbNumber Decode(ReadOnlySpan<byte> payload, int position)
    {
        if (payload.Length > 0)
        {
            ReadOnlySpan<byte> data = payload[1..];
            switch (payload[0])
            {
                case JsonbLayout.Zero when data.IsEmpty:
                    return new JsonbNumber((Int128)0);
                case JsonbLayout.NotANumber when data.IsEmpty:
                    return new JsonbNumber(double.NaN);
                case JsonbLayout.PositiveInfinity when data.IsEmpty:
                    return new JsonbNumber(double.PositiveInfinity);
                case JsonbLayout.NegativeInfinity when data.IsEmpty:
                    return new JsonbNumber(double.NegativeInfinity);
                case JsonbLayout.Signed when data.Length is 1 or 2 or 4 or 8:
                    return new JsonbNumber(data.Length switch
                    {
                        1 => (sbyte)data[0],
                        2 => BinaryPrimitives.ReadInt16BigEndian(data),
                        4 => BinaryPrimitives.ReadInt32BigEndian(data),
                        _ => (Int128)BinaryPrimitives.ReadInt64BigEndian(data),
                    });
                case JsonbLayout.Unsigned when data.Length is 1 or 2 or 4 or 8:
                    return new JsonbNumber(data.Length switch
                    {
                        1 => data[0],
                        2 => BinaryPrimitives.ReadUInt16BigEndian(data),
                        4 => BinaryPrimitives.ReadUInt32BigEndian(data),
                        _ => (Int128)BinaryPrimitives.ReadUInt64BigEndian(data),
                    });
                case JsonbLayout.Double when data.Length == 8:
                    return new JsonbNumber(BinaryPrimitives.ReadDoubleBigEndian(data));
                case JsonbLayout.Decimal when data.Length is 9 or 17 or 33:
                    return new JsonbNumber(new BigInteger(data[..^1], isBigEndian: true), data[^1]);
                case JsonbLayout.Decimal when data.Length is 18 or 34:
                    return new JsonbNumber(new BigInteger(data[..^2], isBigEndian: true), data[^1]);
            }
        }

        CorruptDataException.Throw("JSONB number is invalid", position);
        return default;
    }

    public bool TryToDouble(out double value)
    {
        value = form switch
        {
            Form.Integer => (double)integer,
            Form.Real => real,
            _ => double.Parse(DecimalText(), CultureInfo.InvariantCulture),
        };
        return true;
    }

    public bool TryToInt64(out long value)
    {
        value = 0;
        switch (form)
        {
            case Form.Integer:
                value = unchecked((long)integer);
                return integer <= long.MaxValue;
            case Form.Real:
                // 2^63 itself is a double but no long.
                if (real >= -9223372036854775808.0 && real < 9223372036854775808.0 && Math.Truncate(real) == real)
                {
                    value = (long)real;
                    return true;
                }

                return false;
            default:
                BigInteger whole = BigInteger.DivRem(unscaled, BigInteger.Pow(10, scale), out BigInteger rest);
                if (rest.IsZero && whole >= long.MinValue && whole <= long.MaxValue)
                {
                    value = (long)whole;
                    return true;
                }

                return false;
        }
    }

    /// <summary>Numeric order; null when a NaN takes part.</summary>
    public int? CompareTo(JsonbNumber other)
    {
        if (form == Form.Integer && other.form == Form.Integer)
        {
            return integer.CompareTo(other.integer);
        }

        TryToDouble(out double left);
        other.TryToDouble(out double right);
        return double.IsNaN(left) || double.IsNaN(right) ? null : left.CompareTo(right);
    }

    public bool IsInteger => form == Form.Integer;

    public void Format(PooledBuffer output, JsonExponent exponent)
    {
        switch (form)
        {
            case Form.Integer:
                integer.TryFormat(output.GetSpan(40), out int written, default, CultureInfo.InvariantCulture);
                output.Advance(written);
                break;
            case Form.Real when double.IsFinite(real):
                JsonDouble.Format(real, output, exponent);
                break;
            case Form.Real:
                output.Write("null"u8);
                break;
            default:
                string text = DecimalText();
                System.Text.Encoding.ASCII.GetBytes(text, output.Append(text.Length));
                break;
        }
    }

    private string DecimalText()
    {
        string digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture);
        if (scale > 0)
        {
            digits = digits.PadLeft(scale + 1, '0').Insert(Math.Max(digits.Length, scale + 1) - scale, ".");
        }

        return unscaled.Sign < 0 ? "-" + digits : digits;
    }
}
