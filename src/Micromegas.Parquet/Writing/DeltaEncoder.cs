using System.Numerics;
using System.Runtime.CompilerServices;

namespace Micromegas.Parquet.Writing;

/// <summary>DELTA_BINARY_PACKED in blocks of 128 differences, four miniblocks each.</summary>
internal static class DeltaEncoder
{
    private const int BlockSize = 128;
    private const int Miniblocks = 4;
    private const int MiniblockSize = BlockSize / Miniblocks;

    /// <param name="values">The values; of 32-bit columns sign-extended.</param>
    /// <param name="is32Bit">Whether differences wrap around at 32 bits.</param>
    /// <param name="output">Takes the bytes.</param>
    [SkipLocalsInit]
    public static void Encode(ReadOnlySpan<long> values, bool is32Bit, ByteBuffer output)
    {
        output.PutVarint(BlockSize);
        output.PutVarint(Miniblocks);
        output.PutVarint((ulong)values.Length);
        output.PutZigZag(values.IsEmpty ? 0 : values[0]);
        Span<long> deltas = stackalloc long[BlockSize];
        for (var at = 1; at < values.Length; at += BlockSize)
        {
            var count = Math.Min(BlockSize, values.Length - at);
            var smallest = Differences(values.Slice(at - 1, count + 1), is32Bit, deltas);
            EncodeBlock(deltas[..count], smallest, is32Bit, output);
        }
    }

    /// <summary>Differences of neighbours, and the smallest of them.</summary>
    private static long Differences(ReadOnlySpan<long> values, bool is32Bit, Span<long> deltas)
    {
        var count = values.Length - 1;
        var smallest = long.MaxValue;
        var i = 0;
        if (count >= Vector<long>.Count)
        {
            var least = new Vector<long>(long.MaxValue);
            for (; i <= count - Vector<long>.Count; i += Vector<long>.Count)
            {
                var delta = new Vector<long>(values[(i + 1)..]) - new Vector<long>(values[i..]);
                if (is32Bit)
                {
                    delta = Vector.ShiftRightArithmetic(delta << 32, 32);
                }
                delta.CopyTo(deltas[i..]);
                least = Vector.Min(least, delta);
            }
            for (var lane = 0; lane < Vector<long>.Count; lane++)
            {
                smallest = Math.Min(smallest, least[lane]);
            }
        }
        for (; i < count; i++)
        {
            var delta = unchecked(values[i + 1] - values[i]);
            deltas[i] = is32Bit ? (int)delta : delta;
            smallest = Math.Min(smallest, deltas[i]);
        }
        return smallest;
    }

    [SkipLocalsInit]
    private static void EncodeBlock(ReadOnlySpan<long> deltas, long smallest, bool is32Bit, ByteBuffer output)
    {
        output.PutZigZag(smallest);
        Span<ulong> offsets = stackalloc ulong[BlockSize];
        offsets[deltas.Length..].Clear();
        Span<byte> widths = stackalloc byte[Miniblocks];
        widths.Clear();
        var mask = is32Bit ? uint.MaxValue : ulong.MaxValue;
        for (var start = 0; start < deltas.Length; start += MiniblockSize)
        {
            ulong all = 0;
            var end = Math.Min(start + MiniblockSize, deltas.Length);
            var i = start;
            var any = Vector<ulong>.Zero;
            for (; i <= end - Vector<ulong>.Count; i += Vector<ulong>.Count)
            {
                var some = (new Vector<long>(deltas[i..]) - new Vector<long>(smallest)).As<long, ulong>() & new Vector<ulong>(mask);
                some.CopyTo(offsets[i..]);
                any |= some;
            }
            for (var lane = 0; lane < Vector<ulong>.Count; lane++)
            {
                all |= any[lane];
            }
            for (; i < end; i++)
            {
                offsets[i] = unchecked((ulong)(deltas[i] - smallest)) & mask;
                all |= offsets[i];
            }
            widths[start / MiniblockSize] = (byte)(64 - BitOperations.LeadingZeroCount(all));
        }
        output.Put(widths);
        for (var i = 0; i * MiniblockSize < deltas.Length; i++)
        {
            if (widths[i] > 0)
            {
                BitPacker.Pack<ulong>(offsets.Slice(i * MiniblockSize, MiniblockSize), widths[i], MiniblockSize, output);
            }
        }
    }
}
