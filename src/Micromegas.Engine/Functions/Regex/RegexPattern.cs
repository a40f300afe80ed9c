using System.Text;
using System.Text.RegularExpressions;

namespace Micromegas.Engine.Functions;

/// <summary>
/// A regular expression of the dialect (the linear-time syntax of Rust's regex crate), ready to run. It is translated to the framework's
/// non-backtracking engine; a pattern that is nothing but a literal is searched as bytes.
/// </summary>
internal sealed class RegexPattern
{
    private static readonly System.Buffers.SearchValues<char> SpecialCharacters = System.Buffers.SearchValues.Create(@"\^$.|?*+()[]{}");

    private readonly Regex? regex;
    private char[] buffer = [];

    private RegexPattern(Regex? regex, byte[]? literal, byte[]? required)
    {
        this.regex = regex;
        Literal = literal;
        Required = required;
    }

    /// <summary>The whole pattern, when it is a plain text.</summary>
    public byte[]? Literal { get; }

    /// <summary>A text that every match holds; null when none is known.</summary>
    public byte[]? Required { get; }

    /// <summary>The compiled expression.</summary>
    public Regex Regex => regex!;

    /// <exception cref="EngineException">The pattern or a flag is not valid (2201B).</exception>
    public static RegexPattern Compile(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> flags, bool needsGroups = false)
    {
        var options = RegexOptions.CultureInvariant;
        var swapGreed = false;
        foreach (var flag in flags)
        {
            switch ((char)flag)
            {
                case 'i':
                    options |= RegexOptions.IgnoreCase;
                    break;
                case 'm':
                    options |= RegexOptions.Multiline;
                    break;
                case 's':
                    options |= RegexOptions.Singleline;
                    break;
                case 'x':
                    options |= RegexOptions.IgnorePatternWhitespace;
                    break;
                case 'U':
                    swapGreed = true;
                    break;
                case 'g' or 'R' or 'u':
                    break;
                default:
                    throw Error(Encoding.UTF8.GetString(pattern), $"unknown flag '{(char)flag}'");
            }
        }
        var text = Encoding.UTF8.GetString(pattern);
        if (text.Length > 100_000)
        {
            throw Error(text[..100], "the pattern is too long");
        }
        var isPlain = options == RegexOptions.CultureInvariant && text.AsSpan().IndexOfAny(SpecialCharacters) < 0;
        if (isPlain && !needsGroups && text.Length > 0)
        {
            return new RegexPattern(null, pattern.ToArray(), null);
        }
        try
        {
            var translated = RegexTranslation.Translate(text, swapGreed, (options & RegexOptions.Multiline) != 0);
            var regex = new Regex(translated, options | RegexOptions.NonBacktracking);
            var required = options == RegexOptions.CultureInvariant ? RegexLiteral.Find(text) : null;
            return new RegexPattern(regex, null, required is null ? null : Encoding.UTF8.GetBytes(required));
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw Error(text, exception.Message);
        }
    }

    public bool IsMatch(ReadOnlySpan<byte> text)
    {
        if (regex is null)
        {
            return text.IndexOf(Literal) >= 0;
        }
        if (Required is not null && text.IndexOf(Required) < 0)
        {
            return false;
        }
        return regex.IsMatch(Decode(text));
    }

    /// <summary>The text as UTF-16, valid until the next call.</summary>
    public ReadOnlySpan<char> Decode(ReadOnlySpan<byte> text)
    {
        if (buffer.Length < text.Length)
        {
            buffer = new char[Math.Max(text.Length, 256)];
        }
        var length = Encoding.UTF8.GetChars(text, buffer);
        return buffer.AsSpan(0, length);
    }

    private static EngineException Error(string pattern, string reason) =>
        new(SqlState.InvalidRegularExpression, $"Regular expression '{pattern}' is not valid: {reason}");
}

/// <summary>Finds a literal that every match of a pattern must hold, from its top-level plain stretches.</summary>
internal static class RegexLiteral
{
    public static string? Find(string pattern)
    {
        if (HasAlternation(pattern))
        {
            return null;
        }
        var best = "";
        var current = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            switch (c)
            {
                case '(' or '{':
                    // What follows a group or a counted repetition is not looked at; a repeated character before it is not required.
                    if (c == '{' && current.Length > 0)
                    {
                        current.Length--;
                    }
                    Take(ref best, current);
                    return best.Length > 0 ? best : null;
                case '[':
                    Take(ref best, current);
                    i = SkipClass(pattern, i);
                    break;
                case '*' or '?':
                    if (current.Length > 0)
                    {
                        current.Length--;
                    }
                    Take(ref best, current);
                    break;
                case '+' or '^' or '$' or '.':
                    Take(ref best, current);
                    break;
                case '\\' when i + 1 < pattern.Length && !char.IsLetterOrDigit(pattern[i + 1]):
                    current.Append(pattern[++i]);
                    break;
                case '\\':
                    Take(ref best, current);
                    if (i + 1 < pattern.Length && pattern[i + 1] is 'p' or 'P' or 'x' or 'u' or 'U')
                    {
                        return best.Length > 0 ? best : null;
                    }
                    i++;
                    break;
                default:
                    current.Append(c);
                    break;
            }
        }
        Take(ref best, current);
        return best.Length > 0 ? best : null;
    }

    /// <summary>Whether some <c>|</c> may make a whole side optional.</summary>
    private static bool HasAlternation(string pattern) => pattern.Contains('|', StringComparison.Ordinal) || pattern.Contains("(?", StringComparison.Ordinal);

    private static void Take(ref string best, StringBuilder current)
    {
        if (current.Length > best.Length)
        {
            best = current.ToString();
        }
        current.Clear();
    }

    private static int SkipClass(string pattern, int start)
    {
        var i = start + 1;
        if (i < pattern.Length && pattern[i] == '^')
        {
            i++;
        }
        if (i < pattern.Length && pattern[i] == ']')
        {
            i++;
        }
        var depth = 1;
        for (; i < pattern.Length && depth > 0; i++)
        {
            if (pattern[i] == '\\')
            {
                i++;
            }
            else if (pattern[i] == '[')
            {
                depth++;
            }
            else if (pattern[i] == ']')
            {
                depth--;
            }
        }
        return i - 1;
    }
}
