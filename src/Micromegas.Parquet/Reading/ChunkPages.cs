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
    /// <summary>Headers are some tens of bytes; statistics in them may make them longer.</summary>
    private const int LongestHeader = 16 << 20;

    /// <summary>The pages of a chunk that was fetched in parts.</summary>
    /// <param name="bytes">What was fetched.</param>
    /// <param name="parts">The dictionary page (if any), then all data pages.</param>
    /// <param name="metadata">The chunk.</param>
    /// <param name="pages">Receives them, and grows where they do not fit.</param>
    /// <returns>Their number.</returns>
    public static int Find(byte* bytes, FetchedPart[] parts, ColumnChunkMetadata metadata, ref PageHeader[] pages)
    {
        var count = 0;
        foreach (var part in parts)
        {
            if (part.IsAbsent)
            {
                Add(new PageHeader { Type = PageType.Data, ValueCount = part.RowCount, HeaderOffset = part.FileOffset - metadata.Start, IsAbsent = true }, ref pages, ref count);
                continue;
            }
            var page = PageHeader.Decode(new ReadOnlySpan<byte>(bytes + part.Position, part.Length), part.Position);
            if (page.CompressedSize > part.Position + part.Length - page.BodyOffset
                || (part.IsDictionary ? page.Type != PageType.Dictionary : !page.IsData || page.ValueCount != part.RowCount))
            {
                Throw.Corrupt("a page is not what the page index says");
            }
            page.HeaderOffset = part.FileOffset - metadata.Start;
            Add(page, ref pages, ref count);
        }
        return count;
    }

    /// <summary>The dictionary page (if any) first, then the data pages; offsets count from the start of the chunk.</summary>
    /// <returns>Their number.</returns>
    public static int Find(byte* chunk, long length, ColumnChunkMetadata metadata, ref PageHeader[] pages)
    {
        var count = 0;
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
                if (count > 0)
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
            Add(page, ref pages, ref count);
        }
        return count;
    }

    private static void Add(in PageHeader page, ref PageHeader[] pages, ref int count)
    {
        if (count == pages.Length)
        {
            Array.Resize(ref pages, Math.Max(4, count * 2));
        }
        pages[count++] = page;
    }
}
