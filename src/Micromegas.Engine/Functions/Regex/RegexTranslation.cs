using System.Globalization;
using System.Text;

namespace Micromegas.Engine.Functions;

/// <summary>Translates the syntax of Rust's regex crate where the framework's differs.</summary>
internal static class RegexTranslation
{
    public static string Translate(string pattern, bool swapGreed, bool isMultiline)
    {
        var output = new StringBuilder(pattern.Length + 16);
        var classDepth = 0;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\')
            {
                i = Escape(pattern, i, output, classDepth > 0);
            }
            else if (classDepth > 0)
            {
                i = InClass(pattern, i, output, ref classDepth);
            }
            else if (c == '[')
            {
                classDepth = 1;
                output.Append('[');
                if (i + 1 < pattern.Length && pattern[i + 1] == '^')
                {
                    output.Append('^');
                    i++;
                }
                if (i + 1 < pattern.Length && pattern[i + 1] == ']')
                {
                    output.Append("\\]");
                    i++;
                }
            }
            else if (c == '(' && Follows(pattern, i + 1, "?P<"))
            {
                output.Append("(?<");
                i += 3;
            }
            else if (c == '$')
            {
                // Rust's $ is the very end; the framework's also stops before a last line feed. With (?m) both mean ends of lines.
                output.Append(isMultiline || IsMultiline(pattern) ? "$" : "\\z");
            }
            else if (swapGreed && c is '*' or '+' or '?' or '}')
            {
                output.Append(c);
                if (i + 1 < pattern.Length && pattern[i + 1] == '?')
                {
                    i++;
                }
                else if (c != '?' || !IsGroupMark(pattern, i))
                {
                    output.Append('?');
                }
            }
            else
            {
                output.Append(c);
            }
        }
        return output.ToString();
    }

    private static bool IsMultiline(string pattern)
    {
        var start = pattern.IndexOf("(?", StringComparison.Ordinal);
        if (start < 0)
        {
            return false;
        }
        var end = pattern.AsSpan(start).IndexOfAny(":)");
        return end > 0 && pattern.AsSpan(start, end).Contains('m');
    }

    private static bool IsGroupMark(string pattern, int at) => at > 0 && pattern[at - 1] == '(';

    private static bool Follows(string pattern, int at, string text) => string.CompareOrdinal(pattern, at, text, 0, text.Length) == 0;

    private static int Escape(string pattern, int at, StringBuilder output, bool inClass)
    {
        if (at + 1 >= pattern.Length)
        {
            output.Append('\\');
            return at;
        }
        var next = pattern[at + 1];
        switch (next)
        {
            case 'z' when !inClass:
                output.Append("\\z");
                return at + 1;
            case 'x' or 'u' or 'U' when at + 2 < pattern.Length && pattern[at + 2] == '{':
                var end = pattern.IndexOf('}', at);
                if (end > 0 && int.TryParse(pattern.AsSpan(at + 3, end - at - 3), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code)
                    && Rune.IsValid(code))
                {
                    Append(output, new Rune(code));
                    return end;
                }
                break;
            case 'd' or 'D' or 'w' or 'W' or 's' or 'S' or 'b' or 'B' or 'p' or 'P' or 'A' or 'n' or 'r' or 't' or 'f' or 'v' or 'a' or 'x' or 'u':
                if (next is 'p' or 'P' && at + 3 < pattern.Length && pattern[at + 2] == '{' && pattern.IndexOf('}', at) is var close and > 0
                    && UnicodeClass(pattern[(at + 3)..close]) is { } category)
                {
                    output.Append('\\').Append(next).Append('{').Append(category).Append('}');
                    return close;
                }
                if (next is 'p' or 'P' && at + 2 < pattern.Length && char.IsLetter(pattern[at + 2]))
                {
                    // \pL is short for \p{L}.
                    output.Append('\\').Append(next).Append('{').Append(pattern[at + 2]).Append('}');
                    return at + 2;
                }
                break;
            default:
                if (char.IsAsciiDigit(next))
                {
                    throw new ArgumentException("back-references are not supported");
                }
                if (char.IsAsciiLetter(next))
                {
                    throw new ArgumentException($"unrecognized escape sequence '\\{next}'");
                }
                break;
        }
        output.Append('\\').Append(next);
        return at + 1;
    }

    private static int InClass(string pattern, int at, StringBuilder output, ref int depth)
    {
        var c = pattern[at];
        if (c == '[' && Follows(pattern, at + 1, ":"))
        {
            var end = pattern.IndexOf(":]", at, StringComparison.Ordinal);
            if (end > 0)
            {
                output.Append(NamedClass(pattern[(at + 2)..end]));
                return end + 1;
            }
        }
        if (c == ']')
        {
            depth--;
            output.Append(']');
        }
        else if (c == '[')
        {
            // A nested class is a union, or after && an intersection: the framework knows neither here.
            throw new ArgumentException("nested character classes are not supported");
        }
        else
        {
            output.Append(c);
        }
        return at;
    }

    /// <summary>General categories by their long names, and the scripts that are one block; null for what the framework knows by the same name.</summary>
    private static string? UnicodeClass(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant() switch
    {
        "letter" => "L",
        "uppercaseletter" => "Lu",
        "lowercaseletter" => "Ll",
        "titlecaseletter" => "Lt",
        "modifierletter" => "Lm",
        "otherletter" => "Lo",
        "mark" => "M",
        "number" => "N",
        "decimalnumber" or "digit" => "Nd",
        "letternumber" => "Nl",
        "othernumber" => "No",
        "punctuation" or "punct" => "P",
        "symbol" => "S",
        "mathsymbol" => "Sm",
        "currencysymbol" => "Sc",
        "separator" => "Z",
        "spaceseparator" => "Zs",
        "other" => "C",
        "control" or "cntrl" => "Cc",
        "greek" => "IsGreek",
        "cyrillic" => "IsCyrillic",
        "hebrew" => "IsHebrew",
        "arabic" => "IsArabic",
        "thai" => "IsThai",
        "hiragana" => "IsHiragana",
        "katakana" => "IsKatakana",
        "han" => "IsCJKUnifiedIdeographs",
        _ => null,
    };

    private static string NamedClass(string name) => name switch
    {
        "alpha" => "a-zA-Z",
        "digit" => "0-9",
        "alnum" => "0-9A-Za-z",
        "upper" => "A-Z",
        "lower" => "a-z",
        "space" => "\\t\\n\\v\\f\\r ",
        "punct" => "!-/:-@\\[-`{-~",
        "xdigit" => "0-9A-Fa-f",
        "word" => "0-9A-Za-z_",
        "blank" => "\\t ",
        "cntrl" => "\\x00-\\x1f\\x7f",
        "print" => " -~",
        "graph" => "!-~",
        "ascii" => "\\x00-\\x7f",
        _ => throw new ArgumentException($"unrecognized character class '{name}'"),
    };

    private static void Append(StringBuilder output, Rune rune)
    {
        if (rune.IsAscii)
        {
            output.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
        }
        else
        {
            output.Append(rune.ToString());
        }
    }
}
