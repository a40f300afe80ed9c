using System.Globalization;
using System.Text;

namespace Micromegas.Formats;

/// <summary>Parser of the lenient JSON of spec/sql.md §2.4. Every method returns false where the text is not accepted.</summary>
internal ref partial struct JsonTextParser(ReadOnlySpan<byte> text, JsonbBuilder builder)
{
    private readonly ReadOnlySpan<byte> text = text;
    private readonly JsonbBuilder builder = builder;
    private int position;
    private int depth;

    public bool TryParse()
    {
        SkipWhiteSpace();
        if (position == text.Length)
        {
            builder.AddNull();
            return true;
        }

        if (!Value())
        {
            return false;
        }

        SkipWhiteSpace();
        return position == text.Length;
    }

    private bool Value()
    {
        if (position >= text.Length)
        {
            return false;
        }

        byte c = text[position];
        switch (c)
        {
            case (byte)'{':
                return Object();
            case (byte)'[':
                return Array();
            case (byte)'"' or (byte)'\'':
                return StringValue();
            case (byte)'n' or (byte)'N' when Word("null"u8):
                builder.AddNull();
                return true;
            case (byte)'n' or (byte)'N' when Word("nan"u8):
                builder.AddDouble(double.NaN);
                return true;
            case (byte)'t' or (byte)'T' when Word("true"u8):
                builder.AddBoolean(true);
                return true;
            case (byte)'f' or (byte)'F' when Word("false"u8):
                builder.AddBoolean(false);
                return true;
            default:
                return Number();
        }
    }

    private bool Object()
    {
        position++;
        if (++depth > JsonbLayout.MaxDepth)
        {
            return false;
        }

        builder.BeginObject();
        SkipWhiteSpace();
        if (!Take('}'))
        {
            do
            {
                SkipWhiteSpace();
                if (!Key())
                {
                    return false;
                }

                SkipWhiteSpace();
                if (!Take(':'))
                {
                    return false;
                }

                SkipWhiteSpace();
                if (!Value())
                {
                    return false;
                }

                SkipWhiteSpace();
            }
            while (Take(','));

            if (!Take('}'))
            {
                return false;
            }
        }

        depth--;
        return builder.EndObject();
    }

    private bool Key()
    {
        if (position >= text.Length)
        {
            return false;
        }

        if (text[position] is (byte)'"' or (byte)'\'')
        {
            if (!String(out ReadOnlySpan<byte> key, out PooledBuffer? scratch))
            {
                return false;
            }

            builder.AddKey(key);
            scratch?.Dispose();
            return true;
        }

        int start = position;
        while (position < text.Length && IsWordByte(text[position]))
        {
            position++;
        }

        if (position == start)
        {
            return false;
        }

        builder.AddKey(text[start..position]);
        return true;
    }

    private bool Array()
    {
        position++;
        if (++depth > JsonbLayout.MaxDepth)
        {
            return false;
        }

        builder.BeginArray();
        SkipWhiteSpace();
        if (!Take(']'))
        {
            while (true)
            {
                SkipWhiteSpace();
                if (position < text.Length && text[position] is (byte)',' or (byte)']')
                {
                    // An empty slot is null.
                    builder.AddNull();
                }
                else if (!Value())
                {
                    return false;
                }

                SkipWhiteSpace();
                if (Take(','))
                {
                    continue;
                }

                if (Take(']'))
                {
                    break;
                }

                return false;
            }
        }

        depth--;
        builder.EndArray();
        return true;
    }

    private bool StringValue()
    {
        if (!String(out ReadOnlySpan<byte> content, out PooledBuffer? scratch))
        {
            return false;
        }

        builder.AddString(content);
        scratch?.Dispose();
        return true;
    }

    // Content of the quoted string here; slices the text unless there are escapes.
    private bool String(out ReadOnlySpan<byte> content, out PooledBuffer? scratch)
    {
        byte quote = text[position++];
        scratch = null;
        content = default;
        int end = text[position..].IndexOfAny(quote, (byte)'\\');
        if (end < 0)
        {
            return false;
        }

        if (text[position + end] == quote)
        {
            content = text.Slice(position, end);
            position += end + 1;
            return true;
        }

        PooledBuffer unescaped = new();
        while (true)
        {
            unescaped.Write(text.Slice(position, end));
            position += end;
            if (text[position++] == quote)
            {
                content = unescaped.WrittenSpan;
                scratch = unescaped;
                return true;
            }

            if (!Escape(unescaped) || (end = text[position..].IndexOfAny(quote, (byte)'\\')) < 0)
            {
                unescaped.Dispose();
                return false;
            }
        }
    }

    private bool Escape(PooledBuffer output)
    {
        if (position >= text.Length)
        {
            return false;
        }

        byte c = text[position++];
        switch (c)
        {
            case (byte)'"' or (byte)'\\' or (byte)'/':
                output.Write(c);
                return true;
            case (byte)'b':
                output.Write((byte)'\b');
                return true;
            case (byte)'f':
                output.Write((byte)'\f');
                return true;
            case (byte)'n':
                output.Write((byte)'\n');
                return true;
            case (byte)'r':
                output.Write((byte)'\r');
                return true;
            case (byte)'t':
                output.Write((byte)'\t');
                return true;
            case (byte)'u':
                return UnicodeEscape(output);
            default:
                return false;
        }
    }

    private bool UnicodeEscape(PooledBuffer output)
    {
        int start = position - 2;
        if (!HexNumber(out uint code))
        {
            return false;
        }

        if (code is >= 0xD800 and < 0xDC00 && position + 1 < text.Length && text[position] == '\\' && text[position + 1] == 'u')
        {
            int afterHigh = position;
            position += 2;
            if (HexNumber(out uint low) && low is >= 0xDC00 and < 0xE000)
            {
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            }
            else
            {
                position = afterHigh;
            }
        }

        if (!Rune.TryCreate(code, out Rune rune))
        {
            // A lone surrogate stays as it is written.
            output.Write(text[start..position]);
            return code <= 0xFFFF;
        }

        Span<byte> utf8 = stackalloc byte[4];
        output.Write(utf8[..rune.EncodeToUtf8(utf8)]);
        return true;
    }

    private bool HexNumber(out uint code)
    {
        int length = 4;
        bool braces = position < text.Length && text[position] == '{';
        if (braces)
        {
            position++;
            length = text[position..].IndexOf((byte)'}');
        }

        code = 0;
        if (length is < 1 or > 8 || length > text.Length - position
            || !uint.TryParse(text.Slice(position, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code))
        {
            return false;
        }

        position += length + (braces ? 1 : 0);
        return true;
    }

    // A keyword in any case, not followed by more letters.
    private bool Word(ReadOnlySpan<byte> lower)
    {
        if (text.Length - position < lower.Length || !Ascii.EqualsIgnoreCase(text.Slice(position, lower.Length), lower))
        {
            return false;
        }

        if (position + lower.Length < text.Length && IsWordByte(text[position + lower.Length]))
        {
            return false;
        }

        position += lower.Length;
        return true;
    }

    private static bool IsWordByte(byte value) => value is (byte)'_' or (byte)'$' or >= 0x80 || char.IsAsciiLetterOrDigit((char)value);

    private bool Take(char expected)
    {
        if (position < text.Length && text[position] == expected)
        {
            position++;
            return true;
        }

        return false;
    }

    private void SkipWhiteSpace()
    {
        while (position < text.Length)
        {
            byte c = text[position];
            if (c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'\f')
            {
                position++;
            }
            else if (c == '\\' && position + 1 < text.Length && text[position + 1] is (byte)'n' or (byte)'r' or (byte)'t')
            {
                position += 2;
            }
            else if (c == '\\' && text[position..].StartsWith("\\x0C"u8))
            {
                position += 4;
            }
            else
            {
                return;
            }
        }
    }
}
