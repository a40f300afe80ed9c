using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>
/// Finds a byte string in all values of a vector in one sweep over their bytes, comparing whole registers of three anchor bytes (first, middle, last)
/// before it looks at a candidate. Values lie one after the other, so a hit across a border is told apart by the offsets.
/// </summary>
internal static unsafe class SubstringSearch
{
    /// <summary>Sets the bit of every row that holds <paramref name="pattern"/> (not empty) and clears the others.</summary>
    public static void Mark(BinaryVector texts, ReadOnlySpan<byte> pattern, ulong* words)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Mark<SixtyFourBytes>(texts, pattern, words);
        }
        else
        {
            Mark<ThirtyTwoBytes>(texts, pattern, words);
        }
    }

    /// <summary>The same with registers of a certain size.</summary>
    internal static void Mark<TBytes>(BinaryVector texts, ReadOnlySpan<byte> pattern, ulong* words)
        where TBytes : struct, IAnchorBytes
    {
        var rowCount = texts.Length;
        Bitmap.Fill(words, rowCount, false);
        if (rowCount == 0)
        {
            return;
        }
        var offsets = texts.Offsets;
        var bytes = texts.Bytes;
        long end = offsets[rowCount];
        var row = 0;
        fixed (byte* needle = pattern)
        {
            var length = pattern.Length;
            var last = length - 1;
            var middle = length / 2;
            var stop = end - length;
            for (long at = offsets[0]; at <= stop;)
            {
                // Loads stay inside the values plus the slack that every vector has: the last load starts at most at stop + last.
                var mask = TBytes.Find(bytes + at, middle, last, needle[0], needle[middle], needle[last]);
                var next = at + TBytes.Count;
                while (mask != 0)
                {
                    var hit = at + BitOperations.TrailingZeroCount(mask);
                    mask &= mask - 1;
                    if (hit > stop)
                    {
                        break;
                    }
                    if (!new ReadOnlySpan<byte>(bytes + hit, length).SequenceEqual(pattern))
                    {
                        continue;
                    }
                    row = RowOf(offsets, rowCount, row, hit);
                    if (hit + length <= offsets[row + 1])
                    {
                        Bitmap.Set(words, row);
                        next = offsets[row + 1];
                        break;
                    }
                }
                at = next;
            }
        }
    }

    /// <summary>The row whose value holds byte <paramref name="at"/>, not before <paramref name="from"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int RowOf(int* offsets, int rowCount, int from, long at)
    {
        // Rows are short: gallop from the last hit, then halve.
        var step = 1;
        var low = from;
        while (low + step < rowCount && offsets[low + step] <= at)
        {
            low += step;
            step *= 2;
        }
        var high = Math.Min(low + step, rowCount);
        while (high - low > 1)
        {
            var middle = (low + high) >>> 1;
            if (offsets[middle] <= at)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }
        return low;
    }
}

/// <summary>Looks for three bytes in certain distances at as many places at once as a register has bytes.</summary>
internal interface IAnchorBytes
{
    /// <summary>Places at once, at most 64.</summary>
    static abstract int Count { get; }

    /// <summary>A bit for each place, from the lowest on, where the three are found.</summary>
    static abstract unsafe ulong Find(byte* at, int middle, int last, byte firstByte, byte middleByte, byte lastByte);
}

internal readonly struct ThirtyTwoBytes : IAnchorBytes
{
    public static int Count => Vector256<byte>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe ulong Find(byte* at, int middle, int last, byte firstByte, byte middleByte, byte lastByte)
    {
        var found = Vector256.Equals(Vector256.Load(at), Vector256.Create(firstByte))
            & Vector256.Equals(Vector256.Load(at + middle), Vector256.Create(middleByte))
            & Vector256.Equals(Vector256.Load(at + last), Vector256.Create(lastByte));
        return found.ExtractMostSignificantBits();
    }
}

internal readonly struct SixtyFourBytes : IAnchorBytes
{
    public static int Count => Vector512<byte>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe ulong Find(byte* at, int middle, int last, byte firstByte, byte middleByte, byte lastByte) =>
        Vector512.Equals(Vector512.Load(at), Vector512.Create(firstByte)).ExtractMostSignificantBits()
            & Vector512.Equals(Vector512.Load(at + middle), Vector512.Create(middleByte)).ExtractMostSignificantBits()
            & Vector512.Equals(Vector512.Load(at + last), Vector512.Create(lastByte)).ExtractMostSignificantBits();
}
