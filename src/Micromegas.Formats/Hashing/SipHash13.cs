using System.Buffers.Binary;
using System.Numerics;

namespace Micromegas.Formats;

/// <summary>SipHash-1-3: one round per word, three to finish. Rust's default hasher, hence lock keys and schema hashes (spec/lakehouse.md C).</summary>
public static class SipHash13
{
    /// <summary>Hashes all bytes at once with the given 128-bit key.</summary>
    public static ulong Hash(ReadOnlySpan<byte> data, ulong key0 = 0, ulong key1 = 0) => SipRounds.Hash(data, key0, key1, 1, 3);
}

/// <summary>SipHash-2-4: two rounds per word, four to finish.</summary>
public static class SipHash24
{
    /// <summary>Hashes all bytes at once with the given 128-bit key.</summary>
    public static ulong Hash(ReadOnlySpan<byte> data, ulong key0 = 0, ulong key1 = 0) => SipRounds.Hash(data, key0, key1, 2, 4);
}

internal ref struct SipRounds
{
    private ulong v0;
    private ulong v1;
    private ulong v2;
    private ulong v3;

    public static ulong Hash(ReadOnlySpan<byte> data, ulong key0, ulong key1, int wordRounds, int lastRounds)
    {
        SipRounds state = new()
        {
            v0 = key0 ^ 0x736f6d6570736575,
            v1 = key1 ^ 0x646f72616e646f6d,
            v2 = key0 ^ 0x6c7967656e657261,
            v3 = key1 ^ 0x7465646279746573,
        };
        ulong last = (ulong)data.Length << 56;
        for (; data.Length >= 8; data = data[8..])
        {
            state.Add(BinaryPrimitives.ReadUInt64LittleEndian(data), wordRounds);
        }

        for (int i = 0; i < data.Length; i++)
        {
            last |= (ulong)data[i] << (8 * i);
        }

        state.Add(last, wordRounds);
        state.v2 ^= 0xFF;
        state.Mix(lastRounds);
        return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
    }

    private void Add(ulong word, int rounds)
    {
        v3 ^= word;
        Mix(rounds);
        v0 ^= word;
    }

    private void Mix(int rounds)
    {
        for (; rounds > 0; rounds--)
        {
            v0 += v1;
            v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
            v0 = BitOperations.RotateLeft(v0, 32);
            v2 += v3;
            v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
            v2 = BitOperations.RotateLeft(v2, 32);
        }
    }
}
