using System.Numerics;

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
            var smallest = long.MaxValue;
            for (var i = 0; i < count; i++)
            {
                var delta = unchecked(values[at + i] - values[at + i - 1]);
                deltas[i] = is32Bit ? (int)delta : delta;
                smallest = Math.Min(smallest, deltas[i]);
            }
            EncodeBlock(deltas[..count], smallest, is32Bit, output);
        }
    }

    private static void EncodeBlock(ReadOnlySpan<long> deltas, long smallest, bool is32Bit, ByteBuffer output)
    {
        output.PutZigZag(smallest);
        Span<ulong> offsets = stackalloc ulong[BlockSize];
        offsets.Clear();
        Span<byte> widths = stackalloc byte[Miniblocks];
        widths.Clear();
        for (var i = 0; i < deltas.Length; i++)
        {
            var offset = unchecked((ulong)(deltas[i] - smallest));
            offsets[i] = is32Bit ? (uint)offset : offset;
        }
        for (var i = 0; i * MiniblockSize < deltas.Length; i++)
        {
            ulong all = 0;
            foreach (var offset in offsets.Slice(i * MiniblockSize, MiniblockSize))
            {
                all |= offset;
            }
            widths[i] = (byte)(64 - BitOperations.LeadingZeroCount(all));
        }
        output.Put(widths);
        for (var i = 0; i * MiniblockSize < deltas.Length; i++)
        {
            if (widths[i] > 0)
            {
                BitPacker.Pack(offsets.Slice(i * MiniblockSize, MiniblockSize), widths[i], MiniblockSize, output);
            }
        }
    }
}
