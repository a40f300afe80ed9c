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
            var firstByte = Vector256.Create(needle[0]);
            var middleByte = Vector256.Create(needle[middle]);
            var lastByte = Vector256.Create(needle[last]);
            var stop = end - length;
            for (long at = offsets[0]; at <= stop;)
            {
                // Loads stay inside the values plus the slack that every vector has: the last load starts at most at stop + last.
                var candidates = Vector256.Equals(Vector256.Load(bytes + at), firstByte)
                    & Vector256.Equals(Vector256.Load(bytes + at + middle), middleByte)
                    & Vector256.Equals(Vector256.Load(bytes + at + last), lastByte);
                var mask = candidates.ExtractMostSignificantBits();
                var next = at + Vector256<byte>.Count;
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
