using Micromegas.Parquet.Metadata;

namespace Micromegas.Parquet.Reading;

/// <summary>Finds the pages of a chunk by walking their headers.</summary>
internal static unsafe class ChunkPages
{
    /// <summary>Headers are some tens of bytes; statistics in them may make them longer.</summary>
    private const int LongestHeader = 16 << 20;

    /// <returns>The dictionary page (if any) first, then the data pages; offsets count from the start of the chunk.</returns>
    public static PageHeader[] Find(byte* chunk, long length, ColumnChunkMetadata metadata)
    {
        var pages = new List<PageHeader>();
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
