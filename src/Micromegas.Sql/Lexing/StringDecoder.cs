using System.Globalization;
using System.Text;

namespace Micromegas.Sql.Lexing;

/// <summary>Decodes the text of string tokens (spec/sql.md §5.3).</summary>
internal static class StringDecoder
{
    /// <summary>The text between quotes, doubled quotes undone.</summary>
    public static string Plain(ReadOnlySpan<char> quoted)
    {
        var quote = quoted[0];
        var inner = quoted[1..^1];
        if (!inner.Contains(quote))
            return inner.ToString();
        var single = quote.ToString();
        return inner.ToString().Replace(single + single, single, StringComparison.Ordinal);
    }

    /// <summary>The text of <c>$tag$…$tag$</c>.</summary>
    public static string Dollar(ReadOnlySpan<char> quoted)
    {
        var tag = quoted[1..].IndexOf('$') + 2;
        return quoted[tag..^tag].ToString();
    }

    /// <summary>The text of <c>E'…'</c>.</summary>
    public static string Escaped(string text, in Token token)
    {
        var inner = text.AsSpan(token.Start + 2, token.Length - 3);
        var result = new StringBuilder(inner.Length);
        for (var i = 0; i < inner.Length; i++)
        {
            var c = inner[i];
            if (c == '\'')
            {
                i++;
            }
            else if (c == '\\')
            {
                i += Escape(text, token.Start + 2 + i, inner[(i + 1)..], result);
                continue;
            }

            result.Append(c);
        }

        return WellFormed(text, token, result);
    }

    /// <summary>The text of <c>U&amp;'…'</c>: <c>\XXXX</c>, <c>\+XXXXXX</c>, <c>\\</c>, with the given character for the backslash.</summary>
    public static string Unicode(string text, in Token token, char escape = '\\')
    {
        var inner = text.AsSpan(token.Start + 3, token.Length - 4);
        var result = new StringBuilder(inner.Length);
        for (var i = 0; i < inner.Length; i++)
        {
            var c = inner[i];
            if (c == '\'')
            {
                i++;
            }
            else if (c == escape)
            {
                var rest = inner[(i + 1)..];
                if (rest.Length > 0 && rest[0] == escape)
                {
                    i++;
                }
                else
                {
                    var prefix = rest is ['+', ..] ? 1 : 0;
                    var digits = prefix == 1 ? 6 : 4;
                    AppendCode(text, token.Start + 3 + i, rest[prefix..], digits, digits, result);
                    i += prefix + digits;
                    continue;
                }
            }

            result.Append(c);
        }

        return WellFormed(text, token, result);
    }

    /// <summary>Appends what follows a backslash; returns how many characters that was.</summary>
    private static int Escape(string text, int position, ReadOnlySpan<char> rest, StringBuilder result)
    {
        switch (rest[0])
        {
            case 'n':
                result.Append('\n');
                return 1;
            case 't':
                result.Append('\t');
                return 1;
            case 'r':
                result.Append('\r');
                return 1;
            case 'b':
                result.Append('\b');
                return 1;
            case 'f':
                result.Append('\f');
                return 1;
            case 'x' when rest.Length > 1 && char.IsAsciiHexDigit(rest[1]):
                return 1 + AppendCode(text, position, rest[1..], 1, 2, result);
            case 'u':
                return 1 + AppendCode(text, position, rest[1..], 4, 4, result);
            case 'U':
                return 1 + AppendCode(text, position, rest[1..], 8, 8, result);
            case >= '0' and <= '7':
                return AppendOctal(rest, result);
            default:
                result.Append(rest[0]);
                return 1;
        }
    }

    private static int AppendOctal(ReadOnlySpan<char> rest, StringBuilder result)
    {
        var (length, value) = (0, 0);
        while (length < 3 && length < rest.Length && rest[length] is >= '0' and <= '7')
            value = (value * 8) + (rest[length++] - '0');
        result.Append((char)(value & 0xFF));
        return length;
    }

    private static int AppendCode(string text, int position, ReadOnlySpan<char> rest, int minimum, int maximum, StringBuilder result)
    {
        var length = 0;
        while (length < maximum && length < rest.Length && char.IsAsciiHexDigit(rest[length]))
            length++;
        if (length < minimum)
            Throw.Syntax(text, position, $"Expected {minimum} hexadecimal digits in the escape sequence");
        var code = uint.Parse(rest[..length], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        if (code <= char.MaxValue)
            result.Append((char)code);
        else if (Rune.TryCreate(code, out var rune))
            result.Append(rune.ToString());
        else
            Throw.Syntax(text, position, "The escape sequence is no Unicode code point");
        return length;
    }

    // Halves of a surrogate pair may be escaped one by one, but not alone.
    private static string WellFormed(string text, in Token token, StringBuilder decoded)
    {
        var result = decoded.ToString();
        for (var i = 0; i < result.Length; i++)
        {
            if (!char.IsSurrogate(result[i]))
                continue;
            if (!char.IsSurrogatePair(result, i))
                Throw.Syntax(text, token.Start, "Invalid surrogate pair in the string");
            i++;
        }

        return result;
    }
}
