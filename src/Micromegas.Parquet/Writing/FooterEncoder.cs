using Micromegas.Columnar;
using Micromegas.Parquet.Metadata;
using Micromegas.Parquet.Thrift;

namespace Micromegas.Parquet.Writing;

/// <summary>Encodes what stands behind the row groups: page indexes and footer (parquet.thrift).</summary>
internal sealed class FooterEncoder(ThriftWriter writer)
{
    public void EncodeColumnIndex(WrittenChunk chunk)
    {
        writer.Clear();
        writer.BeginStructItem();
        var pages = chunk.Pages;
        writer.BeginList(1, ThriftType.True, pages.Count);
        pages.ForEach(page => writer.BoolItem(page.IsAllNull));
        writer.BeginList(2, ThriftType.Binary, pages.Count);
        pages.ForEach(page => writer.BinaryItem(page.Bounds.Min ?? []));
        writer.BeginList(3, ThriftType.Binary, pages.Count);
        pages.ForEach(page => writer.BinaryItem(page.Bounds.Max ?? []));
        // Whether the bounds ascend is not worked out: readers then look at every page's.
        writer.WriteInt32(4, 0);
        writer.BeginList(5, ThriftType.Int64, pages.Count);
        pages.ForEach(page => writer.Int64Item(page.NullCount));
        writer.EndStruct();
    }

    /// <summary>A page with values but without bounds (all NaN, intervals) has no place in a column index.</summary>
    public static bool HasColumnIndex(WrittenChunk chunk) => chunk.Pages.TrueForAll(static page => page.IsAllNull || page.Bounds.Min is not null);

    public void EncodeOffsetIndex(WrittenChunk chunk)
    {
        writer.Clear();
        writer.BeginStructItem();
        writer.BeginList(1, ThriftType.Struct, chunk.Pages.Count);
        foreach (var page in chunk.Pages)
        {
            writer.BeginStructItem();
            writer.WriteInt64(1, page.Offset);
            writer.WriteInt32(2, page.Size);
            writer.WriteInt64(3, page.FirstRow);
            writer.EndStruct();
        }
        writer.EndStruct();
    }

    public void EncodeFooter(Schema schema, WriterSchema layout, IReadOnlyList<WrittenRowGroup> groups, string createdBy)
    {
        writer.Clear();
        writer.BeginStructItem();
        writer.WriteInt32(1, 2);
        writer.BeginList(2, ThriftType.Struct, 1 + layout.Nodes.Sum(CountNodes));
        writer.BeginStructItem();
        writer.WriteText(4, "arrow_schema");
        writer.WriteInt32(5, layout.Nodes.Length);
        writer.EndStruct();
        foreach (var node in layout.Nodes)
        {
            EncodeNode(node);
        }
        writer.WriteInt64(3, groups.Sum(static group => group.RowCount));
        writer.BeginList(4, ThriftType.Struct, groups.Count);
        for (var i = 0; i < groups.Count; i++)
        {
            EncodeRowGroup(groups[i], i);
        }
        writer.BeginList(5, ThriftType.Struct, 1);
        writer.BeginStructItem();
        writer.WriteText(1, "ARROW:schema");
        writer.WriteText(2, Convert.ToBase64String(ArrowSchemaMessage.Write(schema)));
        writer.EndStruct();
        writer.WriteText(6, createdBy);
        writer.BeginList(7, ThriftType.Struct, layout.Leaves.Count);
        for (var i = 0; i < layout.Leaves.Count; i++)
        {
            writer.BeginStructItem();
            writer.EmptyStruct(1);
            writer.EndStruct();
        }
        writer.EndStruct();
    }

    private static int CountNodes(ParquetNode node) => 1 + node.Children.Sum(CountNodes);

    private void EncodeNode(ParquetNode node)
    {
        writer.BeginStructItem();
        if (node.IsLeaf)
        {
            writer.WriteInt32(1, (int)node.Physical);
            if (node.Physical == PhysicalType.FixedLenByteArray)
            {
                writer.WriteInt32(2, node.TypeLength);
            }
        }
        writer.WriteInt32(3, (int)node.Repetition);
        writer.WriteText(4, node.Name);
        if (!node.IsLeaf)
        {
            writer.WriteInt32(5, node.Children.Length);
        }
        LogicalTypeEncoder.Encode(writer, node.Logical);
        writer.EndStruct();
        foreach (var child in node.Children)
        {
            EncodeNode(child);
        }
    }

    private void EncodeRowGroup(WrittenRowGroup group, int ordinal)
    {
        writer.BeginStructItem();
        writer.BeginList(1, ThriftType.Struct, group.Chunks.Length);
        for (var i = 0; i < group.Chunks.Length; i++)
        {
            EncodeChunk(group.Chunks[i], group.Indexes[i]);
        }
        writer.WriteInt64(2, group.Chunks.Sum(static chunk => chunk.UncompressedSize));
        writer.WriteInt64(3, group.RowCount);
        writer.WriteInt64(5, group.Position);
        writer.WriteInt64(6, group.Chunks.Sum(static chunk => chunk.CompressedSize));
        if (ordinal <= short.MaxValue)
        {
            writer.WriteInt16(7, (short)ordinal);
        }
        writer.EndStruct();
    }

    private void EncodeChunk(WrittenChunk chunk, WrittenIndex index)
    {
        writer.BeginStructItem();
        writer.WriteInt64(2, 0);
        writer.BeginStruct(3);
        writer.WriteInt32(1, (int)chunk.Leaf.Physical);
        var encodings = Encodings(chunk);
        writer.BeginList(2, ThriftType.Int32, encodings.Count);
        encodings.ForEach(encoding => writer.Int32Item((int)encoding));
        var path = chunk.Leaf.PathParts;
        writer.BeginList(3, ThriftType.Binary, path.Length);
        foreach (var part in path)
        {
            writer.TextItem(part);
        }
        writer.WriteInt32(4, (int)chunk.Codec);
        writer.WriteInt64(5, chunk.ValueCount);
        writer.WriteInt64(6, chunk.UncompressedSize);
        writer.WriteInt64(7, chunk.CompressedSize);
        writer.WriteInt64(9, chunk.DataPageOffset);
        if (chunk.DictionaryPageOffset >= 0)
        {
            writer.WriteInt64(11, chunk.DictionaryPageOffset);
        }
        EncodeStatistics(chunk);
        EncodeEncodingStatistics(chunk);
        if (chunk.BloomFilterLength > 0)
        {
            writer.WriteInt64(14, chunk.BloomFilterOffset);
            writer.WriteInt32(15, chunk.BloomFilterLength);
        }
        writer.EndStruct();
        writer.WriteInt64(4, index.OffsetIndexPosition);
        writer.WriteInt32(5, index.OffsetIndexLength);
        if (index.ColumnIndexLength > 0)
        {
            writer.WriteInt64(6, index.ColumnIndexPosition);
            writer.WriteInt32(7, index.ColumnIndexLength);
        }
        writer.EndStruct();
    }

    private static List<ParquetEncoding> Encodings(WrittenChunk chunk)
    {
        var encodings = new List<ParquetEncoding> { ParquetEncoding.Rle };
        if (chunk.DictionaryPageOffset >= 0)
        {
            encodings.Add(ParquetEncoding.Plain);
            encodings.Add(ParquetEncoding.RleDictionary);
        }
        if (chunk.FallbackPages > 0 && !encodings.Contains(chunk.FallbackEncoding))
        {
            encodings.Add(chunk.FallbackEncoding);
        }
        return encodings;
    }

    private void EncodeStatistics(WrittenChunk chunk)
    {
        writer.BeginStruct(12);
        writer.WriteInt64(3, chunk.NullCount);
        if (chunk.Bounds is { Min: { } min, Max: { } max })
        {
            writer.WriteBinary(5, max);
            writer.WriteBinary(6, min);
            writer.WriteBool(7, chunk.Bounds.IsMaxExact);
            writer.WriteBool(8, chunk.Bounds.IsMinExact);
        }
        writer.EndStruct();
    }

    private void EncodeEncodingStatistics(WrittenChunk chunk)
    {
        (PageType Page, ParquetEncoding Encoding, int Count)[] counts =
        [
            (PageType.Dictionary, ParquetEncoding.Plain, chunk.DictionaryPageOffset >= 0 ? 1 : 0),
            (PageType.DataV2, ParquetEncoding.RleDictionary, chunk.DictionaryCodedPages),
            (PageType.DataV2, chunk.FallbackEncoding, chunk.FallbackPages),
        ];
        writer.BeginList(13, ThriftType.Struct, counts.Count(static entry => entry.Count > 0));
        foreach (var (page, encoding, count) in counts)
        {
            if (count > 0)
            {
                writer.BeginStructItem();
                writer.WriteInt32(1, (int)page);
                writer.WriteInt32(2, (int)encoding);
                writer.WriteInt32(3, count);
                writer.EndStruct();
            }
        }
    }
}

/// <summary>Where the indexes of a chunk lie.</summary>
internal readonly record struct WrittenIndex(long ColumnIndexPosition, int ColumnIndexLength, long OffsetIndexPosition, int OffsetIndexLength);

/// <summary>A finished row group.</summary>
internal sealed record WrittenRowGroup(long Position, long RowCount, WrittenChunk[] Chunks)
{
    public WrittenIndex[] Indexes { get; } = new WrittenIndex[Chunks.Length];
}
