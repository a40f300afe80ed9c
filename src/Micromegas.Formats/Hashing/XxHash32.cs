using System.Buffers.Binary;
using System.Numerics;

namespace Micromegas.Formats;

/// <summary>xxHash, 32 bits: checksums of LZ4 frames and scope hashes of spans (seed = hash of the previous part).</summary>
public static class XxHash32
{
    private const uint Prime1 = 2654435761;
    private const uint Prime2 = 2246822519;
    private const uint Prime3 = 3266489917;
    private const uint Prime4 = 668265263;
    private const uint Prime5 = 374761393;

    /// <summary>Hashes all bytes at once.</summary>
    public static uint Hash(ReadOnlySpan<byte> data, uint seed = 0)
    {
        uint length = (uint)data.Length;
        uint hash;
        if (data.Length >= 16)
        {
            uint lane1 = seed + Prime1 + Prime2;
            uint lane2 = seed + Prime2;
            uint lane3 = seed;
            uint lane4 = seed - Prime1;
            do
            {
                lane1 = Round(lane1, BinaryPrimitives.ReadUInt32LittleEndian(data));
                lane2 = Round(lane2, BinaryPrimitives.ReadUInt32LittleEndian(data[4..]));
                lane3 = Round(lane3, BinaryPrimitives.ReadUInt32LittleEndian(data[8..]));
                lane4 = Round(lane4, BinaryPrimitives.ReadUInt32LittleEndian(data[12..]));
                data = data[16..];
            }
            while (data.Length >= 16);
            hash = BitOperations.RotateLeft(lane1, 1) + BitOperations.RotateLeft(lane2, 7)
                + BitOperations.RotateLeft(lane3, 12) + BitOperations.RotateLeft(lane4, 18);
        }
        else
        {
            hash = seed + Prime5;
        }

        hash += length;
        for (; data.Length >= 4; data = data[4..])
        {
            hash = BitOperations.RotateLeft(hash + BinaryPrimitives.ReadUInt32LittleEndian(data) * Prime3, 17) * Prime4;
        }

        foreach (byte value in data)
        {
            hash = BitOperations.RotateLeft(hash + value * Prime5, 11) * Prime1;
        }

        hash = (hash ^ (hash >> 15)) * Prime2;
        hash = (hash ^ (hash >> 13)) * Prime3;
        return hash ^ (hash >> 16);
    }

    private static uint Round(uint lane, uint word) => BitOperations.RotateLeft(lane + word * Prime2, 13) * Prime1;
}
