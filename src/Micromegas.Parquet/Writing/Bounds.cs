using System.Text;

namespace Micromegas.Parquet.Writing;

/// <summary>Encoded bounds of a page or chunk; null when there is no value that counts.</summary>
internal readonly record struct EncodedBounds(byte[]? Min, byte[]? Max, bool IsMinExact = true, bool IsMaxExact = true);

/// <summary>Shortens bounds of texts and binaries: a lower bound is cut, an upper bound is cut and counted up.</summary>
internal static class BoundCutting
{
    public static EncodedBounds Cut(ReadOnlySpan<byte> min, ReadOnlySpan<byte> max, int length, bool isText)
    {
        var (shortMin, shortMax) = (min.ToArray(), max.ToArray());
        var (minExact, maxExact) = (true, true);
        if (min.Length > length)
        {
            shortMin = min[..CutAt(min, length, isText)].ToArray();
            minExact = false;
        }
        if (max.Length > length && CountUp(max[..CutAt(max, length, isText)], isText) is { } above)
        {
            shortMax = above;
            maxExact = false;
        }
        return new EncodedBounds(shortMin, shortMax, minExact, maxExact);
    }

    /// <summary>Texts are cut between characters.</summary>
    private static int CutAt(ReadOnlySpan<byte> value, int length, bool isText)
    {
        while (isText && length > 0 && (value[length] & 0xC0) == 0x80)
        {
            length--;
        }
        return length;
    }

    /// <summary>The shortest value above all that start with <paramref name="prefix"/>; null when there is none.</summary>
    private static byte[]? CountUp(ReadOnlySpan<byte> prefix, bool isText)
    {
        for (var end = prefix.Length; end > 0;)
        {
            if (!isText)
            {
                if (prefix[end - 1] < 0xff)
                {
                    var bytes = prefix[..end].ToArray();
                    bytes[end - 1]++;
                    return bytes;
                }
                end--;
                continue;
            }
            Rune.DecodeLastFromUtf8(prefix[..end], out var last, out var size);
            end -= size;
            // The next character must not be longer, so that the bound stays short.
            if (Rune.TryCreate(last.Value + 1, out var next) && next.Utf8SequenceLength == size)
            {
                var bytes = new byte[end + size];
                prefix[..end].CopyTo(bytes);
                next.EncodeToUtf8(bytes.AsSpan(end));
                return bytes;
            }
        }
        return null;
    }
}
