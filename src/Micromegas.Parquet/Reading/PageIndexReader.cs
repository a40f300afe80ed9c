using Micromegas.Columnar;
using Micromegas.Parquet.Metadata;
using Micromegas.Parquet.Schemas;
using Micromegas.Parquet.Thrift;
using Micromegas.Storage;

namespace Micromegas.Parquet.Reading;

/// <summary>
/// Reads ColumnIndex and OffsetIndex. Some writers leave out the list of null pages, which makes the index worthless (spec/lakehouse.md §2.2): an index
/// is used only when all its parts are there and fit each other.
/// </summary>
internal static class PageIndexReader
{
    /// <param name="file">The file.</param>
    /// <param name="store">Where it is.</param>
    /// <param name="group">The row group.</param>
    /// <param name="nodes">The columns.</param>
    /// <param name="withBounds">Whether bounds are wanted, or only the places of the pages.</param>
    /// <param name="cache">Where bytes are kept and looked for.</param>
    /// <param name="ct">Cancels.</param>
    public static async ValueTask<PageIndex?[]> ReadAsync(
        ParquetFile file, IObjectStore store, ParquetRowGroup group, IReadOnlyList<ColumnNode> nodes, bool withBounds, ChunkCache? cache, CancellationToken ct)
    {
        var indexes = new PageIndex?[nodes.Count];
        List<IndexBlocks.Block>? wanted = null;
        for (var i = 0; i < indexes.Length; i++)
        {
            if (nodes[i] is not LeafNode { Leaf.LeafOrdinal: var ordinal })
            {
                continue;
            }
            var chunk = group.Metadata.Columns[ordinal];
            if (!IndexBlocks.Fits(file, chunk.OffsetIndexOffset, chunk.OffsetIndexLength))
            {
                continue;
            }
            var hasBounds = IndexBlocks.Fits(file, chunk.ColumnIndexOffset, chunk.ColumnIndexLength);
            indexes[i] = hasBounds ? cache?.FindIndex(file, group.Ordinal, ordinal, ChunkPart.ColumnIndex) : null;
            if (!withBounds || !hasBounds)
            {
                indexes[i] ??= cache?.FindIndex(file, group.Ordinal, ordinal, ChunkPart.OffsetIndex);
            }
            if (indexes[i] is not null)
            {
                continue;
            }
            (wanted ??= []).Add(new(ordinal, ChunkPart.OffsetIndex, chunk.OffsetIndexOffset, chunk.OffsetIndexLength));
            if (withBounds && hasBounds)
            {
                wanted.Add(new(ordinal, ChunkPart.ColumnIndex, chunk.ColumnIndexOffset, chunk.ColumnIndexLength));
            }
        }
        if (wanted is not null)
        {
            await ReadAsync(file, store, group, nodes, indexes, wanted, cache, ct).ConfigureAwait(false);
        }
        return indexes;
    }

    private static async ValueTask ReadAsync(
        ParquetFile file, IObjectStore store, ParquetRowGroup group, IReadOnlyList<ColumnNode> nodes, PageIndex?[] indexes, List<IndexBlocks.Block> wanted,
        ChunkCache? cache, CancellationToken ct)
    {
        var blocks = await IndexBlocks.ReadAsync(file, store, group.Ordinal, wanted, cache, ct).ConfigureAwait(false);
        try
        {
            for (var i = 0; i < indexes.Length; i++)
            {
                if (indexes[i] is null && nodes[i] is LeafNode leaf && BytesOf(leaf, ChunkPart.OffsetIndex) is { Length: > 0 } offsets)
                {
                    var bounds = BytesOf(leaf, ChunkPart.ColumnIndex);
                    indexes[i] = TryCombine(leaf, group, offsets, bounds);
                    if (indexes[i] is { } index)
                    {
                        cache?.KeepIndex(file, group.Ordinal, leaf.Leaf.LeafOrdinal, bounds.IsEmpty ? ChunkPart.OffsetIndex : ChunkPart.ColumnIndex, index);
                    }
                }
            }
        }
        finally
        {
            foreach (var block in blocks)
            {
                block.Dispose();
            }
        }

        ReadOnlySpan<byte> BytesOf(LeafNode leaf, ChunkPart part)
        {
            var index = wanted.FindIndex(block => block.Leaf == leaf.Leaf.LeafOrdinal && block.Part == part);
            return index < 0 ? default : blocks[index].Span;
        }
    }

    private static PageIndex? TryCombine(LeafNode leaf, ParquetRowGroup group, ReadOnlySpan<byte> offsets, ReadOnlySpan<byte> bounds)
    {
        try
        {
            return Combine(leaf, group.Metadata.Columns[leaf.Leaf.LeafOrdinal], group.RowCount, offsets, bounds);
        }
        catch (ParquetException)
        {
            // A damaged index is as good as none: it only saves work.
            return null;
        }
    }

    private static PageIndex? Combine(LeafNode leaf, ColumnChunkMetadata chunk, long rows, ReadOnlySpan<byte> offsetBytes, ReadOnlySpan<byte> boundBytes)
    {
        var locations = ReadOffsetIndex(offsetBytes);
        var bounds = boundBytes.Length > 0 ? ReadColumnIndex(boundBytes, locations.Count) : null;
        var pages = new IndexedPage[locations.Count];
        for (var i = 0; i < pages.Length; i++)
        {
            var (offset, size, firstRow) = locations[i];
            var end = i + 1 < pages.Length ? locations[i + 1].FirstRow : rows;
            if (offset < chunk.Start || size <= 0 || offset + size > chunk.Start + chunk.CompressedSize || firstRow > end || (i == 0 && firstRow != 0))
            {
                return null;
            }
            var isNull = bounds?.NullPages[i] ?? false;
            pages[i] = new IndexedPage(firstRow, end - firstRow, offset, size, isNull, Statistics(leaf, bounds, boundBytes, i, isNull));
        }
        return pages.Length == 0 && rows > 0 ? null : new PageIndex(pages);
    }

    private static ColumnStatistics Statistics(LeafNode leaf, Bounds? bounds, ReadOnlySpan<byte> bytes, int page, bool isNull)
    {
        if (bounds is null)
        {
            return ColumnStatistics.None;
        }
        return new ColumnStatistics
        {
            Min = isNull ? null : StatisticsDecoder.DecodeBound(leaf, Slice(bytes, bounds.Min[page])),
            Max = isNull ? null : StatisticsDecoder.DecodeBound(leaf, Slice(bytes, bounds.Max[page])),
            IsMinExact = leaf.Type is { Storage: StorageKind.Flat } or { Storage: StorageKind.Bit } && !leaf.Type.ValueType.IsFloat,
            IsMaxExact = leaf.Type is { Storage: StorageKind.Flat } or { Storage: StorageKind.Bit } && !leaf.Type.ValueType.IsFloat,
            NullCount = bounds.NullCounts.Length > 0 ? bounds.NullCounts[page] : null,
        };
    }

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> bytes, ByteSlice slice) => bytes.Slice(slice.Start, slice.Length);

    private static List<(long Offset, int Size, long FirstRow)> ReadOffsetIndex(ReadOnlySpan<byte> bytes)
    {
        var locations = new List<(long Offset, int Size, long FirstRow)>();
        var reader = new ThriftReader(bytes);
        reader.BeginStruct();
        while (reader.NextField())
        {
            if (reader.Field != 1)
            {
                reader.Skip();
                continue;
            }
            var count = reader.ReadList(ThriftType.Struct);
            for (var i = 0; i < count; i++)
            {
                (long Offset, int Size, long FirstRow) location = (-1, -1, -1);
                var outer = reader.BeginStruct();
                while (reader.NextField())
                {
                    switch (reader.Field)
                    {
                        case 1:
                            location.Offset = reader.ReadInt64();
                            break;
                        case 2:
                            location.Size = reader.ReadInt32();
                            break;
                        case 3:
                            location.FirstRow = reader.ReadInt64();
                            break;
                        default:
                            reader.Skip();
                            break;
                    }
                }
                reader.EndStruct(outer);
                locations.Add(location);
            }
        }
        return locations;
    }

    private static Bounds? ReadColumnIndex(ReadOnlySpan<byte> bytes, int pages)
    {
        bool[] nullPages = [];
        ByteSlice[] min = [];
        ByteSlice[] max = [];
        long[] nullCounts = [];
        var reader = new ThriftReader(bytes);
        reader.BeginStruct();
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    nullPages = new bool[reader.ReadList(ThriftType.True)];
                    for (var i = 0; i < nullPages.Length; i++)
                    {
                        nullPages[i] = reader.ReadBoolItem();
                    }
                    break;
                case 2:
                    min = ReadSlices(ref reader);
                    break;
                case 3:
                    max = ReadSlices(ref reader);
                    break;
                case 5:
                    nullCounts = new long[reader.ReadList(ThriftType.Int64)];
                    for (var i = 0; i < nullCounts.Length; i++)
                    {
                        nullCounts[i] = reader.ReadInt64Item();
                    }
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return nullPages.Length == pages && min.Length == pages && max.Length == pages && (nullCounts.Length == pages || nullCounts.Length == 0)
            ? new Bounds(nullPages, min, max, nullCounts)
            : null;
    }

    private static ByteSlice[] ReadSlices(ref ThriftReader reader)
    {
        var slices = new ByteSlice[reader.ReadList(ThriftType.Binary)];
        for (var i = 0; i < slices.Length; i++)
        {
            slices[i] = reader.ReadBinarySliceItem();
        }
        return slices;
    }

    private sealed record Bounds(bool[] NullPages, ByteSlice[] Min, ByteSlice[] Max, long[] NullCounts);
}
