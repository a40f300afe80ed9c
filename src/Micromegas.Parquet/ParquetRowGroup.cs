using Micromegas.Parquet.Metadata;
using Micromegas.Parquet.Schemas;

namespace Micromegas.Parquet;

/// <summary>What the footer says of a row group.</summary>
public sealed class ParquetRowGroup
{
    private readonly ParquetColumnChunk[] columns;

    internal ParquetRowGroup(int ordinal, long firstRow, RowGroupMetadata metadata, ColumnNode[] nodes, byte[] footer)
    {
        Ordinal = ordinal;
        FirstRow = firstRow;
        Metadata = metadata;
        columns = Array.ConvertAll(nodes, node => new ParquetColumnChunk(node, metadata, footer));
    }

    internal RowGroupMetadata Metadata { get; }

    public int Ordinal { get; }

    /// <summary>Rows of the file before this group.</summary>
    public long FirstRow { get; }

    public long RowCount => Metadata.RowCount;

    /// <summary>Bytes of all columns, uncompressed.</summary>
    public long UncompressedSize => Metadata.TotalByteSize;

    /// <summary>One entry a field of <see cref="ParquetFile.Schema"/>.</summary>
    public IReadOnlyList<ParquetColumnChunk> Columns => columns;
}
