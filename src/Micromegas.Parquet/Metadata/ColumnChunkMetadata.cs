using Micromegas.Parquet.Thrift;

namespace Micromegas.Parquet.Metadata;

/// <summary>Where a column chunk lies and what its footer entry says; byte slices count from the start of the footer.</summary>
internal sealed class ColumnChunkMetadata
{
    public PhysicalType Physical;
    public ParquetCodec Codec;
    public uint EncodingSet;
    public long ValueCount;
    public long UncompressedSize;
    public long CompressedSize;
    public long DataPageOffset;
    public long DictionaryPageOffset;
    public long ColumnIndexOffset;
    public int ColumnIndexLength;
    public long OffsetIndexOffset;
    public int OffsetIndexLength;
    public long BloomFilterOffset;
    public int BloomFilterLength;
    public bool HasForeignFile;
    public bool IsEncrypted;

    /// <summary>What the page encoding statistics say of the data pages: all, some or none dictionary-coded; null when they are missing.</summary>
    public bool? AllDataPagesUseDictionary;

    public StatisticsMetadata Statistics = new();

    /// <summary>First byte of the chunk: its dictionary page, else its first data page.</summary>
    public long Start => DictionaryPageOffset > 0 && DictionaryPageOffset < DataPageOffset ? DictionaryPageOffset : DataPageOffset;
}

/// <summary>The statistics of a chunk or page, undecoded.</summary>
internal sealed class StatisticsMetadata
{
    public ByteSlice Min = ByteSlice.None;
    public ByteSlice Max = ByteSlice.None;
    public ByteSlice DeprecatedMin = ByteSlice.None;
    public ByteSlice DeprecatedMax = ByteSlice.None;
    public bool? IsMinExact;
    public bool? IsMaxExact;
    public long? NullCount;
    public long? DistinctCount;
}

/// <summary>One row group of the footer.</summary>
internal sealed class RowGroupMetadata
{
    public ColumnChunkMetadata[] Columns = [];
    public long TotalByteSize;
    public long RowCount;
}

/// <summary>The decoded footer.</summary>
internal sealed class FileMetadata
{
    public required byte[] Footer { get; init; }
    public required ParquetNode Root { get; init; }
    public required ParquetNode[] Leaves { get; init; }
    public required RowGroupMetadata[] RowGroups { get; init; }
    public required KeyValuePair<string, string>[] KeyValues { get; init; }
    public string? CreatedBy { get; init; }
    public long RowCount { get; init; }
}
