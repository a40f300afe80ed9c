using System.Text.RegularExpressions;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>A replacement text in which <c>\1</c>, <c>$1</c>, <c>${1}</c> and <c>${name}</c> stand for groups; <c>$$</c> is a dollar.</summary>
internal readonly struct RegexReplacement(string text)
{
    public void Append(Match match, ref BytesWriter writer)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if ((c is '\\' or '$') && i + 1 < text.Length)
            {
                var next = text[i + 1];
                if (next == c && c == '$')
                {
                    writer.Append((byte)c);
                    i++;
                    continue;
                }
                if (c == '$' && next == '{' && text.IndexOf('}', i) is var end and > 0)
                {
                    writer.Append(match.Groups[text[(i + 2)..end]].ValueSpan);
                    i = end;
                    continue;
                }
                var length = c == '\\' ? (char.IsAsciiDigit(next) ? 1 : 0) : NameLength(text.AsSpan(i + 1));
                if (length > 0)
                {
                    writer.Append(match.Groups[text.Substring(i + 1, length)].ValueSpan);
                    i += length;
                    continue;
                }
            }
            if (c == '\\')
            {
                // A backslash that names no group is a group without a name, which is empty, as in upstream.
                continue;
            }
            var run = char.IsHighSurrogate(c) && i + 1 < text.Length ? 2 : 1;
            writer.Append(text.AsSpan(i, run));
            i += run - 1;
        }
    }

    private static int NameLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && (char.IsAsciiLetterOrDigit(text[length]) || text[length] == '_'))
        {
            length++;
        }
        return length;
    }
}
