using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Patterns with another escape character than the backslash, as PostgreSQL rewrites them too.</summary>
internal static class PatternEscapes
{
    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        Define("like_escape", "A LIKE pattern with that escape character (none when empty), rewritten for the backslash.", LikeEscape),
        Define("similar_to_escape", "A SIMILAR TO pattern of the SQL standard with that escape character, as a regular expression.", SimilarToEscape),
    ];

    private static DefinedFunction Define(string name, string summary, BytesRow rewrite) =>
        new(name, "(pattern, escape)", summary, Accept.Fixed(name, DataType.Utf8, 2, Accept.Text, Accept.Text), s => new BytesRowKernel(s, rewrite)) { CanFail = true };

    private static void LikeEscape(RowArguments arguments, int row, ref BytesWriter writer)
    {
        var pattern = arguments.Text(0, row);
        var escape = Escape(arguments.Text(1, row));
        while (!pattern.IsEmpty)
        {
            if (!escape.IsEmpty && pattern.StartsWith(escape))
            {
                writer.Append("\\"u8);
                pattern = pattern[escape.Length..];
                writer.Append(Take(ref pattern));
                continue;
            }
            if (pattern[0] == '\\')
            {
                writer.Append("\\"u8);
            }
            writer.Append(pattern[..1]);
            pattern = pattern[1..];
        }
    }

    private static void SimilarToEscape(RowArguments arguments, int row, ref BytesWriter writer)
    {
        var pattern = arguments.Text(0, row);
        var escape = Escape(arguments.Text(1, row));
        var isBracket = false;
        writer.Append("^(?s:"u8);
        while (!pattern.IsEmpty)
        {
            if (!escape.IsEmpty && pattern.StartsWith(escape))
            {
                pattern = pattern[escape.Length..];
                var taken = Take(ref pattern);
                if (!char.IsAsciiLetterOrDigit((char)taken[0]))
                {
                    writer.Append("\\"u8);
                }
                writer.Append(taken);
                continue;
            }
            var c = pattern[0];
            switch (c)
            {
                case (byte)'\\':
                    writer.Append("\\\\"u8);
                    break;
                case (byte)'%' when !isBracket:
                    writer.Append(".*"u8);
                    break;
                case (byte)'_' when !isBracket:
                    writer.Append("."u8);
                    break;
                case (byte)'.' or (byte)'^' or (byte)'$' when !isBracket:
                    writer.Append("\\"u8);
                    writer.Append(pattern[..1]);
                    break;
                default:
                    isBracket = c == '[' || (isBracket && c != ']');
                    writer.Append(pattern[..1]);
                    break;
            }
            pattern = pattern[1..];
        }
        writer.Append(")$"u8);
    }

    /// <summary>The escape character, checked.</summary>
    private static ReadOnlySpan<byte> Escape(ReadOnlySpan<byte> escape)
    {
        if (!escape.IsEmpty && (Rune.DecodeFromUtf8(escape, out _, out var length) != System.Buffers.OperationStatus.Done || length != escape.Length))
        {
            throw new EngineException(SqlState.InvalidEscapeSequence, $"'{Encoding.UTF8.GetString(escape)}' is no escape character.")
            {
                Hint = "ESCAPE takes one character, or none.",
            };
        }
        return escape;
    }

    /// <summary>The first character, off the rest.</summary>
    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
        {
            throw new EngineException(SqlState.InvalidEscapeSequence, "The pattern ends with its escape character.") { Hint = "Write the escape character twice to mean itself." };
        }
        Rune.DecodeFromUtf8(rest, out _, out var length);
        var first = rest[..length];
        rest = rest[length..];
        return first;
    }
}
