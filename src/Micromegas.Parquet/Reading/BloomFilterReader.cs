using Micromegas.Parquet.Schemas;
using Micromegas.Parquet.Thrift;
using Micromegas.Storage;

namespace Micromegas.Parquet.Reading;

/// <summary>Reads bloom filters: a header, then the blocks.</summary>
internal static class BloomFilterReader
{
    /// <summary>Larger ones would cost more than they save.</summary>
    private const int LargestFilter = 4 << 20;

    /// <returns>Null when the column has none, or one of a kind that is unknown or damaged: it only saves work.</returns>
    public static async ValueTask<BloomFilter?> ReadAsync(ParquetFile file, IObjectStore store, ParquetRowGroup group, ColumnNode node, ChunkCache? cache, CancellationToken ct)
    {
        if (node is not LeafNode leaf)
        {
            return null;
        }
        var chunk = group.Metadata.Columns[leaf.Leaf.LeafOrdinal];
        if (chunk.BloomFilterLength > LargestFilter || !IndexBlocks.Fits(file, chunk.BloomFilterOffset, chunk.BloomFilterLength))
        {
            return null;
        }
        var blocks = await IndexBlocks.ReadAsync(
            file, store, group.Ordinal, [new(leaf.Leaf.LeafOrdinal, ChunkPart.BloomFilter, chunk.BloomFilterOffset, chunk.BloomFilterLength)], cache, ct).ConfigureAwait(false);
        var (start, length) = ReadHeader(blocks[0].Span);
        if (length > 0)
        {
            return new BloomFilter(leaf, blocks[0], start, length / BloomFilter.BlockBytes);
        }
        blocks[0].Dispose();
        return null;
    }

    /// <returns>Where the blocks begin and their bytes; 0 bytes when the header says nothing that is known here.</returns>
    private static (int Start, int Length) ReadHeader(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new ThriftReader(bytes);
            var length = 0;
            // Algorithm, hash and compression are unions of one member each so far.
            var known = 0;
            reader.BeginStruct();
            while (reader.NextField())
            {
                switch (reader.Field)
                {
                    case 1:
                        length = reader.ReadInt32();
                        break;
                    case 2 or 3 or 4:
                        reader.ExpectStruct();
                        known += IsFirstMember(ref reader) ? 1 : 0;
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }
            var isUsable = known == 3 && length > 0 && length % BloomFilter.BlockBytes == 0 && length <= bytes.Length - reader.Position;
            return (reader.Position, isUsable ? length : 0);
        }
        catch (ParquetException)
        {
            return default;
        }
    }

    private static bool IsFirstMember(ref ThriftReader reader)
    {
        var isFirst = false;
        var outer = reader.BeginStruct();
        while (reader.NextField())
        {
            isFirst = reader.Field == 1;
            reader.Skip();
        }
        reader.EndStruct(outer);
        return isFirst;
    }
}
