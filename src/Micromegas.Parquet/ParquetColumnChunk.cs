using Micromegas.Parquet.Metadata;
using Micromegas.Parquet.Schemas;

namespace Micromegas.Parquet;

/// <summary>What the footer says of one column of a row group; of a nested column, of all its leaves together.</summary>
public sealed class ParquetColumnChunk
{
    private readonly ColumnNode node;
    private readonly RowGroupMetadata group;
    private readonly byte[] footer;
    private ColumnStatistics? statistics;

    internal ParquetColumnChunk(ColumnNode node, RowGroupMetadata group, byte[] footer)
    {
        this.node = node;
        this.group = group;
        this.footer = footer;
    }

    /// <summary>Bytes in the file.</summary>
    public long CompressedSize => Sum(static chunk => chunk.CompressedSize);

    /// <summary>Bytes of the pages before compression.</summary>
    public long UncompressedSize => Sum(static chunk => chunk.UncompressedSize);

    /// <summary>Codec of the (first) leaf.</summary>
    public ParquetCodec Codec => First.Codec;

    /// <summary>Encodings of pages and levels of the (first) leaf.</summary>
    public IReadOnlyList<ParquetEncoding> Encodings =>
        [.. Enumerable.Range(0, 32).Where(encoding => (First.EncodingSet >> encoding & 1) != 0).Select(static encoding => (ParquetEncoding)encoding)];

    /// <summary>Whether the (first) leaf has a dictionary page.</summary>
    public bool HasDictionaryPage => First.DictionaryPageOffset > 0;

    /// <summary>Whether every data page is dictionary-coded; <see langword="null"/> when only the page headers know (<see cref="ColumnReader.IsFullyDictionaryEncoded"/>).</summary>
    public bool? IsFullyDictionaryEncoded => node is not LeafNode ? false : !HasDictionaryPage ? false : First.IsDictionaryCodedThroughout;

    /// <summary>Bytes of the dictionary page of the (first) leaf; 0 when it has none or the footer does not say where it ends.</summary>
    public long DictionaryPageSize => First.DictionaryPageSize;

    /// <summary>Bounds and counts; empty for nested columns. Decoded when first asked for.</summary>
    public ColumnStatistics Statistics =>
        statistics ??= node is LeafNode leaf ? StatisticsDecoder.Decode(leaf, First.Statistics, footer) : ColumnStatistics.None;

    /// <summary>Whether the file has a page index for the column (<see cref="ParquetFile.ReadPageIndexAsync"/>).</summary>
    public bool HasPageIndex => node is LeafNode && First is { OffsetIndexOffset: > 0, OffsetIndexLength: > 0 };

    /// <summary>Whether the page index speaks of more than one page: a location takes at least three bytes, one of a page hardly more than twenty.</summary>
    public bool HasSeveralIndexedPages => HasPageIndex && First.OffsetIndexLength > 20;

    /// <summary>Whether the file has a bloom filter for the column (<see cref="ParquetFile.ReadBloomFilterAsync"/>).</summary>
    public bool HasBloomFilter => node is LeafNode && First is { BloomFilterOffset: > 0, BloomFilterLength: > 0 };

    internal ColumnChunkMetadata First => group.Columns[node.FirstLeaf.Leaf.LeafOrdinal];

    private long Sum(Func<ColumnChunkMetadata, long> size)
    {
        if (node is LeafNode)
        {
            return size(First);
        }
        var sum = 0L;
        foreach (var leaf in node.Leaves)
        {
            sum += size(group.Columns[leaf.Leaf.LeafOrdinal]);
        }
        return sum;
    }
}
