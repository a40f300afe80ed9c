using System.Buffers.Binary;

namespace Micromegas.Formats;

/// <summary>CRC-32 of IEEE 802.3 (reflected polynomial 0xEDB88320), as gzip, PNG and Parquet pages use it.</summary>
public static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    // Eight tables of 256: entry [k][b] is the checksum of byte b followed by k zero bytes ("slicing by eight").
    private static readonly uint[] Tables = MakeTables();

    /// <summary>Checksum of the bytes; give the checksum of what precedes them to go on from there.</summary>
    public static uint Hash(ReadOnlySpan<byte> data, uint previous = 0)
    {
        uint[] tables = Tables;
        uint crc = ~previous;
        for (; data.Length >= 8; data = data[8..])
        {
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(data) ^ crc;
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            crc = tables[7 * 256 + (byte)low] ^ tables[6 * 256 + (byte)(low >> 8)]
                ^ tables[5 * 256 + (byte)(low >> 16)] ^ tables[4 * 256 + (int)(low >> 24)]
                ^ tables[3 * 256 + (byte)high] ^ tables[2 * 256 + (byte)(high >> 8)]
                ^ tables[256 + (byte)(high >> 16)] ^ tables[(int)(high >> 24)];
        }

        foreach (byte value in data)
        {
            crc = tables[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[] MakeTables()
    {
        uint[] tables = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            }

            tables[i] = crc;
        }

        for (int i = 256; i < tables.Length; i++)
        {
            uint crc = tables[i - 256];
            tables[i] = tables[(byte)crc] ^ (crc >> 8);
        }

        return tables;
    }
}
