using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>UTF-8 text by code points.</summary>
internal static class Utf8Text
{
    /// <summary>Code points: the bytes that do not continue one.</summary>
    public static int Count(ReadOnlySpan<byte> text)
    {
        var count = 0;
        var i = 0;
        if (System.Numerics.Vector.IsHardwareAccelerated && text.Length >= Vector<sbyte>.Count)
        {
            // Continuation bytes are the signed values below -64.
            var limit = new Vector<sbyte>(-65);
            for (; i <= text.Length - Vector<sbyte>.Count; i += Vector<sbyte>.Count)
            {
                var starts = System.Numerics.Vector.GreaterThan(System.Numerics.Vector.AsVectorSByte(new Vector<byte>(text[i..])), limit);
                for (ulong word = 0, lanes = (ulong)Vector<ulong>.Count; word < lanes; word++)
                {
                    count += BitOperations.PopCount(System.Numerics.Vector.AsVectorUInt64(starts)[(int)word]) >> 3;
                }
            }
        }
        for (; i < text.Length; i++)
        {
            count += (text[i] & 0xc0) != 0x80 ? 1 : 0;
        }
        return count;
    }

    /// <summary>Byte index of a code point, the length when there are fewer.</summary>
    public static int IndexOf(ReadOnlySpan<byte> text, long codePoint)
    {
        const ulong HighBits = 0x8080808080808080;
        var i = 0;
        // Where all bytes are ASCII, code points are bytes.
        while (codePoint > 0 && i <= text.Length - sizeof(ulong))
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(text[i..]) & HighBits;
            if (codePoint < sizeof(ulong))
            {
                if ((word << (64 - (8 * (int)codePoint))) != 0)
                {
                    break;
                }
                return i + (int)codePoint;
            }
            if (word != 0)
            {
                break;
            }
            i += sizeof(ulong);
            codePoint -= sizeof(ulong);
        }
        while (codePoint > 0 && i < text.Length)
        {
            i++;
            while (i < text.Length && (text[i] & 0xc0) == 0x80)
            {
                i++;
            }
            codePoint--;
        }
        return i;
    }

    /// <summary>Bytes of the code point at an index.</summary>
    public static int LengthAt(ReadOnlySpan<byte> text, int index)
    {
        var end = index + 1;
        while (end < text.Length && (text[end] & 0xc0) == 0x80)
        {
            end++;
        }
        return end - index;
    }

    /// <summary>Upper or lower case, code point by code point; <c>ß</c> becomes <c>SS</c>.</summary>
    public static void Map(ReadOnlySpan<byte> text, bool toUpper, ref BytesWriter writer)
    {
        if (Ascii.IsValid(text))
        {
            var target = writer.Reserve(text.Length);
            _ = toUpper ? Ascii.ToUpper(text, target, out _) : Ascii.ToLower(text, target, out _);
            writer.Advance(text.Length);
            return;
        }
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out var rune, out var consumed);
            MapRune(rune, toUpper, ref writer);
            text = text[consumed..];
        }
    }

    public static void MapRune(Rune rune, bool toUpper, ref BytesWriter writer)
    {
        if (toUpper && rune.Value == 0xdf)
        {
            writer.Append("SS"u8);
            return;
        }
        writer.Append(toUpper ? Rune.ToUpperInvariant(rune) : Rune.ToLowerInvariant(rune));
    }

    /// <summary>Strips leading and trailing code points that occur in <paramref name="set"/>.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text, ReadOnlySpan<byte> set, bool start, bool end)
    {
        while (start && !text.IsEmpty)
        {
            var length = LengthAt(text, 0);
            if (!Holds(set, text[..length]))
            {
                break;
            }
            text = text[length..];
        }
        while (end && !text.IsEmpty)
        {
            var from = text.Length - 1;
            while (from > 0 && (text[from] & 0xc0) == 0x80)
            {
                from--;
            }
            if (!Holds(set, text[from..]))
            {
                break;
            }
            text = text[..from];
        }
        return text;
    }

    private static bool Holds(ReadOnlySpan<byte> set, ReadOnlySpan<byte> codePoint)
    {
        if (codePoint.Length == 1)
        {
            return set.Contains(codePoint[0]);
        }
        return set.IndexOf(codePoint) >= 0;
    }
}
