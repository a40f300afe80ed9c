using System.Text;

namespace Micromegas.Engine.Expressions;

/// <summary>
/// A LIKE pattern ready to match UTF-8: <c>%</c> is any text, <c>_</c> one code point, a backslash takes the next character literally.
/// ILIKE folds both sides by simple case mapping (spec/sql.md §5.4).
/// </summary>
internal sealed class LikePattern
{
    /// <summary>Stands for <c>_</c> inside a segment; no UTF-8 text holds this byte.</summary>
    private const byte AnyCharacter = 0xff;

    private readonly byte[][] segments;
    private readonly bool[] hasWildcards;
    private readonly bool ignoreCase;
    private byte[] folded = [];

    private LikePattern(byte[][] segments, bool anchoredStart, bool anchoredEnd, bool ignoreCase)
    {
        this.segments = segments;
        this.ignoreCase = ignoreCase;
        IsAnchoredStart = anchoredStart;
        IsAnchoredEnd = anchoredEnd;
        hasWildcards = Array.ConvertAll(segments, static segment => segment.AsSpan().Contains(AnyCharacter));
    }

    public bool IsAnchoredStart { get; }

    public bool IsAnchoredEnd { get; }

    /// <summary>The text that must occur anywhere, when the pattern is no more than that.</summary>
    public byte[]? ContainedLiteral =>
        !ignoreCase && segments.Length == 1 && !IsAnchoredStart && !IsAnchoredEnd && !hasWildcards[0] && segments[0].Length > 0 ? segments[0] : null;

    public static LikePattern Parse(ReadOnlySpan<byte> pattern, bool ignoreCase)
    {
        byte[]? foldedPattern = null;
        if (ignoreCase)
        {
            foldedPattern = new byte[(pattern.Length * 3) + 4];
            pattern = foldedPattern.AsSpan(0, Fold(pattern, ref foldedPattern));
        }
        var segments = new List<byte[]>();
        var current = new List<byte>();
        var anchoredStart = true;
        var endsWithAny = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            endsWithAny = false;
            switch (pattern[i])
            {
                case (byte)'%':
                    if (segments.Count == 0 && current.Count == 0)
                    {
                        anchoredStart = false;
                    }
                    if (current.Count > 0)
                    {
                        segments.Add([.. current]);
                        current.Clear();
                    }
                    endsWithAny = true;
                    break;
                case (byte)'_':
                    current.Add(AnyCharacter);
                    break;
                case (byte)'\\' when i + 1 < pattern.Length:
                    current.Add(pattern[++i]);
                    break;
                default:
                    current.Add(pattern[i]);
                    break;
            }
        }
        if (current.Count > 0 || (segments.Count == 0 && anchoredStart))
        {
            segments.Add([.. current]);
        }
        return new LikePattern([.. segments], anchoredStart, !endsWithAny, ignoreCase);
    }

    public bool Matches(ReadOnlySpan<byte> text)
    {
        if (ignoreCase)
        {
            if (folded.Length < (text.Length * 3) + 4)
            {
                folded = new byte[(text.Length * 3) + 4];
            }
            text = folded.AsSpan(0, Fold(text, ref folded));
        }
        var first = 0;
        var last = segments.Length - 1;
        if (IsAnchoredStart)
        {
            var length = MatchAt(segments[0], hasWildcards[0], text);
            if (length < 0)
            {
                return false;
            }
            text = text[length..];
            if (segments.Length == 1 && IsAnchoredEnd)
            {
                return text.IsEmpty;
            }
            first = 1;
        }
        if (IsAnchoredEnd && last >= first)
        {
            var length = MatchEnd(segments[last], hasWildcards[last], text);
            if (length < 0)
            {
                return false;
            }
            text = text[..^length];
            last--;
        }
        for (; first <= last; first++)
        {
            var end = FindEnd(segments[first], hasWildcards[first], text);
            if (end < 0)
            {
                return false;
            }
            text = text[end..];
        }
        return true;
    }

    /// <summary>Bytes of the match at the start, -1 for none.</summary>
    private static int MatchAt(byte[] segment, bool wild, ReadOnlySpan<byte> text)
    {
        if (!wild)
        {
            return text.StartsWith(segment) ? segment.Length : -1;
        }
        var at = 0;
        foreach (var part in segment)
        {
            if (at >= text.Length)
            {
                return -1;
            }
            if (part == AnyCharacter)
            {
                at++;
                while (at < text.Length && (text[at] & 0xc0) == 0x80)
                {
                    at++;
                }
            }
            else if (text[at++] != part)
            {
                return -1;
            }
        }
        return at;
    }

    /// <summary>Bytes of the match at the end, -1 for none.</summary>
    private static int MatchEnd(byte[] segment, bool wild, ReadOnlySpan<byte> text)
    {
        if (!wild)
        {
            return text.EndsWith(segment) ? segment.Length : -1;
        }
        var at = text.Length;
        for (var i = segment.Length - 1; i >= 0; i--)
        {
            if (at <= 0)
            {
                return -1;
            }
            at--;
            if (segment[i] == AnyCharacter)
            {
                while (at > 0 && (text[at] & 0xc0) == 0x80)
                {
                    at--;
                }
            }
            else if (text[at] != segment[i])
            {
                return -1;
            }
        }
        return text.Length - at;
    }

    /// <summary>End of the first match, -1 for none.</summary>
    private static int FindEnd(byte[] segment, bool wild, ReadOnlySpan<byte> text)
    {
        if (!wild)
        {
            var index = text.IndexOf(segment);
            return index < 0 ? -1 : index + segment.Length;
        }
        for (var start = 0; start <= text.Length; start++)
        {
            if (start < text.Length && (text[start] & 0xc0) == 0x80)
            {
                continue;
            }
            var length = MatchAt(segment, wild, text[start..]);
            if (length >= 0)
            {
                return start + length;
            }
        }
        return -1;
    }

    /// <summary>Lower-cases UTF-8 code point by code point; returns the bytes written.</summary>
    private static int Fold(ReadOnlySpan<byte> text, ref byte[] target)
    {
        var written = 0;
        for (var i = 0; i < text.Length;)
        {
            var value = text[i];
            if (value < 0x80)
            {
                target[written++] = value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
                i++;
                continue;
            }
            Rune.DecodeFromUtf8(text[i..], out var rune, out var consumed);
            written += Rune.ToLowerInvariant(rune).EncodeToUtf8(target.AsSpan(written));
            i += consumed;
        }
        return written;
    }
}
