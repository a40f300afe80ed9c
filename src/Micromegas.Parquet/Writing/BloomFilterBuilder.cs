using Micromegas.Parquet.Thrift;

namespace Micromegas.Parquet.Writing;

/// <summary>
/// Collects the values of a chunk for a bloom filter. It pays for identifiers that hardly repeat: bounds say nothing of them, and there is no dictionary to look
/// into. Longer texts are messages, which nobody asks for by equality.
/// </summary>
/// <param name="longestMean">Mean length up to which values count as identifiers, in bytes.</param>
internal sealed class BloomFilterBuilder(int longestMean)
{
    /// <summary>About one value in a hundred that is not there looks as if it were.</summary>
    private const int BitsPerValue = 10;

    /// <summary>Fewer values are read as fast as a filter.</summary>
    private const int FewestValues = 1024;

    private readonly NumberBuffer<ulong> hashes = new();
    private long bytes;
    private bool isGivenUp;

    public void Add(ReadOnlySpan<byte> plain)
    {
        if (isGivenUp)
        {
            return;
        }
        hashes.Add(BloomFilter.Hash(plain));
        bytes += plain.Length;
        if (hashes.Count == FewestValues && IsTooLong)
        {
            isGivenUp = true;
        }
    }

    /// <summary>Header and blocks; null where a filter does not pay.</summary>
    public byte[]? Build(ThriftWriter writer)
    {
        if (isGivenUp || hashes.Count < FewestValues || IsTooLong)
        {
            return null;
        }
        var blocks = (int)((((long)hashes.Count * BitsPerValue) + 255) / 256);
        var length = blocks * BloomFilter.BlockBytes;
        writer.Clear();
        writer.BeginStructItem();
        writer.WriteInt32(1, length);
        for (var field = 2; field <= 4; field++)
        {
            // Split blocks, xxHash, no compression: each the first member of its union.
            writer.BeginStruct(field);
            writer.EmptyStruct(1);
            writer.EndStruct();
        }
        writer.EndStruct();
        var header = writer.Written.Span;
        var result = new byte[header.Length + length];
        header.CopyTo(result);
        foreach (var hash in hashes.Span)
        {
            BloomFilter.Insert(result.AsSpan(header.Length), hash);
        }
        return result;
    }

    public void Clear()
    {
        hashes.Clear();
        bytes = 0;
        isGivenUp = false;
    }

    private bool IsTooLong => bytes > (long)longestMean * hashes.Count;
}
