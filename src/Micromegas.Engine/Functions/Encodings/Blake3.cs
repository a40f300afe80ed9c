using System.Buffers.Binary;

namespace Micromegas.Engine.Functions;

/// <summary>BLAKE3-256 without key, as its published specification describes it: chunks of 1 KiB in a binary tree.</summary>
internal static class Blake3
{
    private const int ChunkLength = 1024;
    private const uint ChunkStart = 1;
    private const uint ChunkEnd = 2;
    private const uint Parent = 4;
    private const uint Root = 8;

    private static readonly uint[] Seed =
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    private static readonly byte[] Permutation = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];

    public static int Hash(ReadOnlySpan<byte> text, Span<byte> into)
    {
        Span<uint> result = stackalloc uint[8];
        Subtree(text, 0, Root, result);
        for (var i = 0; i < 8; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(into[(i * 4)..], result[i]);
        }
        return 32;
    }

    private static void Subtree(ReadOnlySpan<byte> text, ulong chunk, uint flags, Span<uint> result)
    {
        if (text.Length <= ChunkLength)
        {
            Chunk(text, chunk, flags, result);
            return;
        }
        // The left side is the largest power of two of chunks that leaves something for the right.
        var chunks = (ulong)((text.Length - 1) / ChunkLength);
        var left = (int)(1UL << (63 - System.Numerics.BitOperations.LeadingZeroCount(chunks))) * ChunkLength;
        Span<uint> children = stackalloc uint[16];
        Subtree(text[..left], chunk, 0, children[..8]);
        Subtree(text[left..], chunk + (ulong)(left / ChunkLength), 0, children[8..]);
        Span<uint> key = stackalloc uint[8];
        Seed.CopyTo(key);
        Compress(key, children, 0, 64, Parent | flags, result);
    }

    private static void Chunk(ReadOnlySpan<byte> text, ulong chunk, uint flags, Span<uint> result)
    {
        Span<uint> state = stackalloc uint[8];
        Seed.CopyTo(state);
        Span<byte> block = stackalloc byte[64];
        Span<uint> words = stackalloc uint[16];
        var start = ChunkStart;
        while (true)
        {
            var taken = Math.Min(text.Length, 64);
            block.Clear();
            text[..taken].CopyTo(block);
            text = text[taken..];
            for (var i = 0; i < 16; i++)
            {
                words[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(i * 4)..]);
            }
            var isLast = text.IsEmpty;
            Compress(state, words, chunk, (uint)taken, start | (isLast ? ChunkEnd | flags : 0), state);
            start = 0;
            if (isLast)
            {
                break;
            }
        }
        state.CopyTo(result);
    }

    private static void Compress(ReadOnlySpan<uint> key, ReadOnlySpan<uint> block, ulong counter, uint length, uint flags, Span<uint> result)
    {
        Span<uint> v = stackalloc uint[16];
        Span<uint> m = stackalloc uint[16];
        Span<uint> next = stackalloc uint[16];
        key.CopyTo(v);
        Seed.AsSpan(0, 4).CopyTo(v[8..]);
        v[12] = (uint)counter;
        v[13] = (uint)(counter >> 32);
        v[14] = length;
        v[15] = flags;
        block.CopyTo(m);
        for (var round = 0; round < 7; round++)
        {
            for (var i = 0; i < 8; i++)
            {
                var (a, b, c, d) = Blake2.Lanes(i);
                Blake2.Mix(v, a, b, c, d, m[i * 2], m[(i * 2) + 1]);
            }
            for (var i = 0; i < 16; i++)
            {
                next[i] = m[Permutation[i]];
            }
            next.CopyTo(m);
        }
        for (var i = 0; i < 8; i++)
        {
            result[i] = v[i] ^ v[i + 8];
        }
    }
}
