using Micromegas.Parquet.Thrift;

namespace Micromegas.Parquet.Metadata;

/// <summary>Where a column chunk lies and what its footer entry says; byte slices count from the start of the footer.</summary>
internal sealed class ColumnChunkMetadata
{
    private const uint DictionaryEncodings = 1u << (int)ParquetEncoding.PlainDictionary | 1u << (int)ParquetEncoding.RleDictionary;
    private const uint LevelEncodings = 1u << (int)ParquetEncoding.Rle | 1u << (int)ParquetEncoding.BitPacked;

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

    /// <summary>
    /// Whether the footer shows that all data pages are dictionary-coded. Without page encoding statistics the list of encodings tells, where it has none but those of dictionary pages and
    /// levels: DuckDB's does; others list PLAIN for the dictionary itself, which leaves it open.
    /// </summary>
    public bool? IsDictionaryCodedThroughout =>
        AllDataPagesUseDictionary ?? ((EncodingSet & DictionaryEncodings) != 0 && (EncodingSet & ~(DictionaryEncodings | LevelEncodings)) == 0 ? true : null);

    /// <summary>Bytes of the dictionary page, which begins the chunk; 0 when there is none or the footer does not say where it ends.</summary>
    public long DictionaryPageSize => Start == DictionaryPageOffset && DataPageOffset - Start <= Math.Min(CompressedSize, int.MaxValue) ? DataPageOffset - Start : 0;

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
