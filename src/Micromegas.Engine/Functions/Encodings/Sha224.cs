using System.Buffers.Binary;
using System.Numerics;

namespace Micromegas.Engine.Functions;

/// <summary>SHA-224 (FIPS 180-4): SHA-256 with other initial values, cut to 28 bytes. The framework has no implementation of its own.</summary>
internal static class Sha224
{
    private static readonly uint[] K = MakeConstants();

    public static int Hash(ReadOnlySpan<byte> text, Span<byte> into)
    {
        Span<uint> state = [0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4];
        var rest = text;
        for (; rest.Length >= 64; rest = rest[64..])
        {
            Block(rest[..64], state);
        }
        Span<byte> last = stackalloc byte[128];
        rest.CopyTo(last);
        last[rest.Length] = 0x80;
        var length = rest.Length < 56 ? 64 : 128;
        BinaryPrimitives.WriteUInt64BigEndian(last[(length - 8)..], (ulong)text.Length * 8);
        for (var i = 0; i < length; i += 64)
        {
            Block(last.Slice(i, 64), state);
        }
        for (var i = 0; i < 7; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(into[(i * 4)..], state[i]);
        }
        return 28;
    }

    private static void Block(ReadOnlySpan<byte> block, Span<uint> state)
    {
        Span<uint> w = stackalloc uint[64];
        for (var i = 0; i < 16; i++)
        {
            w[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(i * 4)..]);
        }
        for (var i = 16; i < 64; i++)
        {
            var s0 = BitOperations.RotateRight(w[i - 15], 7) ^ BitOperations.RotateRight(w[i - 15], 18) ^ (w[i - 15] >> 3);
            var s1 = BitOperations.RotateRight(w[i - 2], 17) ^ BitOperations.RotateRight(w[i - 2], 19) ^ (w[i - 2] >> 10);
            w[i] = w[i - 16] + s0 + w[i - 7] + s1;
        }
        uint a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        for (var i = 0; i < 64; i++)
        {
            var s1 = BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25);
            var t1 = h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i];
            var s0 = BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22);
            var t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + t1, c, b, a, t1 + t2);
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    /// <summary>The first 32 bits of the fractional parts of the cube roots of the first 64 primes.</summary>
    private static uint[] MakeConstants()
    {
        var constants = new uint[64];
        var count = 0;
        for (var candidate = 2; count < constants.Length; candidate++)
        {
            var isPrime = true;
            for (var divisor = 2; divisor * divisor <= candidate && isPrime; divisor++)
            {
                isPrime = candidate % divisor != 0;
            }
            if (isPrime)
            {
                constants[count++] = FractionOfCubeRoot(candidate);
            }
        }
        return constants;
    }

    private static uint FractionOfCubeRoot(int prime)
    {
        // The cube root of prime * 2^96, as an integer: its low 32 bits.
        var target = (BigInteger)prime << 96;
        BigInteger low = 0, high = (BigInteger)8 << 32;
        while (high - low > 1)
        {
            var middle = (low + high) >> 1;
            if (middle * middle * middle <= target)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }
        return (uint)(low & uint.MaxValue);
    }
}
