using System.Buffers.Binary;
using System.Numerics;

namespace Micromegas.Engine.Functions;

/// <summary>BLAKE2b-512 and BLAKE2s-256 without key (RFC 7693).</summary>
internal static class Blake2
{
    private static readonly ulong[] WideSeed =
    [
        0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
        0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
    ];

    private static readonly byte[] Permutations =
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3,
        11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4,
        7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8,
        9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13,
        2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9,
        12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11,
        13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10,
        6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5,
        10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0,
    ];

    public static int HashB(ReadOnlySpan<byte> text, Span<byte> into)
    {
        Span<ulong> h = stackalloc ulong[8];
        WideSeed.CopyTo(h);
        h[0] ^= 0x01010040;
        Span<byte> block = stackalloc byte[128];
        ulong count = 0;
        while (true)
        {
            var taken = Math.Min(text.Length, 128);
            block.Clear();
            text[..taken].CopyTo(block);
            count += (ulong)taken;
            text = text[taken..];
            CompressB(h, block, count, text.IsEmpty);
            if (text.IsEmpty)
            {
                break;
            }
        }
        for (var i = 0; i < 8; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(into[(i * 8)..], h[i]);
        }
        return 64;
    }

    public static int HashS(ReadOnlySpan<byte> text, Span<byte> into)
    {
        Span<uint> h = stackalloc uint[8];
        for (var i = 0; i < 8; i++)
        {
            h[i] = (uint)(WideSeed[i] >> 32);
        }
        h[0] ^= 0x01010020;
        Span<byte> block = stackalloc byte[64];
        ulong count = 0;
        while (true)
        {
            var taken = Math.Min(text.Length, 64);
            block.Clear();
            text[..taken].CopyTo(block);
            count += (ulong)taken;
            text = text[taken..];
            CompressS(h, block, count, text.IsEmpty);
            if (text.IsEmpty)
            {
                break;
            }
        }
        for (var i = 0; i < 8; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(into[(i * 4)..], h[i]);
        }
        return 32;
    }

    private static void CompressB(Span<ulong> h, ReadOnlySpan<byte> block, ulong count, bool isLast)
    {
        Span<ulong> m = stackalloc ulong[16];
        Span<ulong> v = stackalloc ulong[16];
        for (var i = 0; i < 16; i++)
        {
            m[i] = BinaryPrimitives.ReadUInt64LittleEndian(block[(i * 8)..]);
        }
        h.CopyTo(v);
        WideSeed.CopyTo(v[8..]);
        v[12] ^= count;
        v[14] = isLast ? ~v[14] : v[14];
        for (var round = 0; round < 12; round++)
        {
            var s = Permutations.AsSpan(round % 10 * 16, 16);
            for (var i = 0; i < 8; i++)
            {
                var (a, b, c, d) = Lanes(i);
                v[a] += v[b] + m[s[i * 2]];
                v[d] = BitOperations.RotateRight(v[d] ^ v[a], 32);
                v[c] += v[d];
                v[b] = BitOperations.RotateRight(v[b] ^ v[c], 24);
                v[a] += v[b] + m[s[(i * 2) + 1]];
                v[d] = BitOperations.RotateRight(v[d] ^ v[a], 16);
                v[c] += v[d];
                v[b] = BitOperations.RotateRight(v[b] ^ v[c], 63);
            }
        }
        for (var i = 0; i < 8; i++)
        {
            h[i] ^= v[i] ^ v[i + 8];
        }
    }

    private static void CompressS(Span<uint> h, ReadOnlySpan<byte> block, ulong count, bool isLast)
    {
        Span<uint> m = stackalloc uint[16];
        Span<uint> v = stackalloc uint[16];
        for (var i = 0; i < 16; i++)
        {
            m[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(i * 4)..]);
        }
        h.CopyTo(v);
        for (var i = 0; i < 8; i++)
        {
            v[8 + i] = (uint)(WideSeed[i] >> 32);
        }
        v[12] ^= (uint)count;
        v[13] ^= (uint)(count >> 32);
        v[14] = isLast ? ~v[14] : v[14];
        for (var round = 0; round < 10; round++)
        {
            var s = Permutations.AsSpan(round * 16, 16);
            for (var i = 0; i < 8; i++)
            {
                var (a, b, c, d) = Lanes(i);
                Mix(v, a, b, c, d, m[s[i * 2]], m[s[(i * 2) + 1]]);
            }
        }
        for (var i = 0; i < 8; i++)
        {
            h[i] ^= v[i] ^ v[i + 8];
        }
    }

    /// <summary>The mixing step of BLAKE2s, which BLAKE3 shares.</summary>
    public static void Mix(Span<uint> v, int a, int b, int c, int d, uint x, uint y)
    {
        v[a] += v[b] + x;
        v[d] = BitOperations.RotateRight(v[d] ^ v[a], 16);
        v[c] += v[d];
        v[b] = BitOperations.RotateRight(v[b] ^ v[c], 12);
        v[a] += v[b] + y;
        v[d] = BitOperations.RotateRight(v[d] ^ v[a], 8);
        v[c] += v[d];
        v[b] = BitOperations.RotateRight(v[b] ^ v[c], 7);
    }

    /// <summary>Columns first, then diagonals.</summary>
    public static (int A, int B, int C, int D) Lanes(int i) => i < 4
        ? (i, i + 4, i + 8, i + 12)
        : (i - 4, 4 + ((i - 3) & 3), 8 + ((i - 2) & 3), 12 + ((i - 1) & 3));
}
