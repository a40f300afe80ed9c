using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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
        for (var at = NextRun(values, 0); at < values.Length;)
        {
            var end = RunEnd(values, at);
            // Bit-packed groups must be full: the run fills up the last one.
            var fill = -(at - packedFrom) & 7;
            if (end - at - fill >= ShortestRun)
            {
                Pack(values[packedFrom..(at + fill)], width, output);
                PutRun(end - at - fill, values[at], width, output);
                packedFrom = end;
            }
            at = NextRun(values, end);
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

    /// <summary>Where the next run of at least <see cref="ShortestRun"/> equal values begins; the end when there is none.</summary>
    private static int NextRun(ReadOnlySpan<int> values, int from)
    {
        var at = from;
        if (Vector256.IsHardwareAccelerated)
        {
            ref var first = ref MemoryMarshal.GetReference(values);
            // Of 64 neighbours it is known whether they are equal: enough for the runs that begin with the first 58.
            for (; at + 64 < values.Length; at += 58)
            {
                ulong equal = 0;
                for (var i = 0; i < 64; i += Vector256<int>.Count)
                {
                    var some = Vector256.LoadUnsafe(ref first, (nuint)(at + i));
                    var next = Vector256.LoadUnsafe(ref first, (nuint)(at + i + 1));
                    equal |= (ulong)Vector256.Equals(some, next).ExtractMostSignificantBits() << i;
                }
                var three = equal & (equal >> 1);
                var five = three & (three >> 2);
                var eight = five & (five >> 3);
                if (eight != 0)
                {
                    return at + BitOperations.TrailingZeroCount(eight);
                }
            }
        }
        for (var length = 1; at + length < values.Length;)
        {
            if (values[at] == values[at + length])
            {
                if (++length == ShortestRun)
                {
                    return at;
                }
            }
            else
            {
                at += length;
                length = 1;
            }
        }
        return values.Length;
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
        BitPacker.Pack(MemoryMarshal.Cast<int, uint>(values), width, groups * 8, output);
    }
}
