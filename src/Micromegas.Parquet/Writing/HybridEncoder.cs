using System.Numerics;

namespace Micromegas.Parquet.Writing;

/// <summary>Encodes levels and codes as runs and bit-packed groups of 8 (the hybrid of <see cref="Encodings.HybridDecoder"/>).</summary>
internal static class HybridEncoder
{
    /// <summary>Shorter runs are cheaper bit-packed.</summary>
    private const int ShortestRun = 8;

    public static int BitWidth(int highest) => 32 - BitOperations.LeadingZeroCount((uint)highest);

    public static void Encode(ReadOnlySpan<int> values, int width, ByteBuffer output)
    {
        var packedFrom = 0;
        for (var at = 0; at < values.Length;)
        {
            var end = RunEnd(values, at);
            if (end - at >= ShortestRun)
            {
                // Bit-packed groups must be full: the run fills up the last one.
                var fill = -(at - packedFrom) & 7;
                if (end - at - fill >= ShortestRun)
                {
                    Pack(values[packedFrom..(at + fill)], width, output);
                    PutRun(end - at - fill, values[at], width, output);
                    packedFrom = end;
                }
            }
            at = end;
        }
        Pack(values[packedFrom..], width, output);
    }

    public static void PutRun(int count, int value, int width, ByteBuffer output)
    {
        output.PutVarint((ulong)count << 1);
        for (var bits = 0; bits < width; bits += 8)
        {
            output.Put((byte)(value >> bits));
        }
    }

    private static int RunEnd(ReadOnlySpan<int> values, int start)
    {
        var rest = values[start..];
        var length = rest.IndexOfAnyExcept(rest[0]);
        return length < 0 ? values.Length : start + length;
    }

    private static void Pack(ReadOnlySpan<int> values, int width, ByteBuffer output)
    {
        if (values.IsEmpty)
        {
            return;
        }
        var groups = (values.Length + 7) / 8;
        output.PutVarint(((ulong)groups << 1) | 1);
        BitPacker.Pack(values, width, groups * 8, output);
    }
}

internal static class BitPacker
{
    /// <summary>Packs values of up to 32 bits; missing ones up to <paramref name="count"/>, a multiple of 8, are 0.</summary>
    public static void Pack(ReadOnlySpan<int> values, int width, int count, ByteBuffer output)
    {
        var target = output.GetSpan((count / 8 * width) + 8);
        ulong pending = 0;
        var bits = 0;
        var at = 0;
        foreach (var value in values)
        {
            pending |= (ulong)(uint)value << bits;
            bits += width;
            if (bits >= 32)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(target[at..], (uint)pending);
                at += 4;
                pending >>= 32;
                bits -= 32;
            }
        }
        var size = count / 8 * width;
        while (at < size)
        {
            target[at++] = (byte)pending;
            pending >>= 8;
        }
        output.Advance(size);
    }

    /// <summary>Packs values of up to 64 bits.</summary>
    public static void Pack(ReadOnlySpan<ulong> values, int width, int count, ByteBuffer output)
    {
        var size = (int)((long)count * width / 8);
        var target = output.GetSpan(size + 16);
        ulong pending = 0;
        var bits = 0;
        var at = 0;
        foreach (var value in values)
        {
            pending |= value << bits;
            bits += width;
            if (bits >= 64)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(target[at..], pending);
                at += 8;
                bits -= 64;
                // What of the value did not fit.
                pending = bits == 0 ? 0 : value >> (width - bits);
            }
        }
        while (at < size)
        {
            target[at++] = (byte)pending;
            pending >>= 8;
        }
        output.Advance(size);
    }
}
