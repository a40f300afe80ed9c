using Micromegas.Parquet.Metadata;

namespace Micromegas.Parquet.Reading;

/// <summary>A page of a chunk that was fetched in parts.</summary>
/// <param name="FileOffset">Where its header lies in the file.</param>
/// <param name="Position">Where its header lies in what was fetched, -1 when it was left out.</param>
/// <param name="Length">Bytes, header included.</param>
/// <param name="RowCount">Rows, -1 for the dictionary page.</param>
internal readonly record struct FetchedPart(long FileOffset, long Position, int Length, int RowCount)
{
    public bool IsAbsent => Position < 0;

    public bool IsDictionary => RowCount < 0;
}

/// <summary>Finds the pages of a chunk by walking their headers, or by the page index where only some were fetched.</summary>
internal static unsafe class ChunkPages
{
    /// <summary>Collects headers; a chunk's number of pages is not known before.</summary>
    [ThreadStatic]
    private static List<PageHeader>? collected;

    /// <summary>Headers are some tens of bytes; statistics in them may make them longer.</summary>
    private const int LongestHeader = 16 << 20;

    /// <summary>The pages of a chunk that was fetched in parts.</summary>
    /// <param name="bytes">What was fetched.</param>
    /// <param name="parts">The dictionary page (if any), then all data pages.</param>
    /// <param name="metadata">The chunk.</param>
    public static PageHeader[] Find(byte* bytes, FetchedPart[] parts, ColumnChunkMetadata metadata)
    {
        var pages = new List<PageHeader>(parts.Length);
        foreach (var part in parts)
        {
            if (part.IsAbsent)
            {
                pages.Add(new PageHeader { Type = PageType.Data, ValueCount = part.RowCount, HeaderOffset = part.FileOffset - metadata.Start, IsAbsent = true });
                continue;
            }
            var page = PageHeader.Decode(new ReadOnlySpan<byte>(bytes + part.Position, part.Length), part.Position);
            if (page.CompressedSize > part.Position + part.Length - page.BodyOffset
                || (part.IsDictionary ? page.Type != PageType.Dictionary : !page.IsData || page.ValueCount != part.RowCount))
            {
                Throw.Corrupt("a page is not what the page index says");
            }
            page.HeaderOffset = part.FileOffset - metadata.Start;
            pages.Add(page);
        }
        return [.. pages];
    }

    /// <returns>The dictionary page (if any) first, then the data pages; offsets count from the start of the chunk.</returns>
    public static PageHeader[] Find(byte* chunk, long length, ColumnChunkMetadata metadata)
    {
        var pages = collected ??= [];
        pages.Clear();
        long values = 0;
        long at = 0;
        while (values < metadata.ValueCount)
        {
            if (at >= length)
            {
                Throw.Corrupt("the column chunk has fewer values than the footer says");
            }
            var page = PageHeader.Decode(new ReadOnlySpan<byte>(chunk + at, (int)Math.Min(length - at, LongestHeader)), at);
            if (page.CompressedSize > length - page.BodyOffset)
            {
                Throw.Corrupt("a page ends outside its column chunk");
            }
            at = page.BodyOffset + page.CompressedSize;
            if (page.Type == PageType.Dictionary)
            {
                if (pages.Count > 0)
                {
                    Throw.Corrupt("a dictionary page is not the first page of its chunk");
                }
            }
            else if (!page.IsData)
            {
                continue;
            }
            else if (page.ValueCount > metadata.ValueCount - values)
            {
                Throw.Corrupt("the column chunk has more values than the footer says");
            }
            else
            {
                values += page.ValueCount;
            }
            pages.Add(page);
        }
        return [.. pages];
    }
}
