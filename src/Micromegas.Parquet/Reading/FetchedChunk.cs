using Micromegas.Columnar;
using Micromegas.Parquet.Metadata;

namespace Micromegas.Parquet.Reading;

/// <summary>The bytes of a column chunk, or of those of its pages that are wanted, one behind the other.</summary>
/// <param name="Buffer">Holds them.</param>
/// <param name="Length">Their number.</param>
/// <param name="Parts">The pages; null for the whole chunk.</param>
internal readonly record struct FetchedChunk(NativeBuffer Buffer, long Length, FetchedPart[]? Parts)
{
    /// <summary>A chunk of which only the dictionary page is there: all rows lie in a page that is not.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="dictionary">The dictionary page.</param>
    /// <param name="rows">Rows of the row group, no more than a page may have.</param>
    public static FetchedChunk DictionaryOf(ColumnChunkMetadata chunk, NativeBuffer dictionary, long rows)
    {
        var size = (int)chunk.DictionaryPageSize;
        return new FetchedChunk(dictionary, size, [new FetchedPart(chunk.Start, 0, size, -1), new FetchedPart(chunk.Start + size, -1, 0, (int)rows)]);
    }

    /// <summary>The pages of a chunk as its index gives them: all that hold rows that are wanted, and the dictionary, have a place.</summary>
    public static FetchedPart[] PagesOf(ColumnChunkMetadata chunk, PageIndex index, RowRanges rows)
    {
        var parts = new List<FetchedPart>(index.Pages.Count + 1);
        long position = 0;
        var dictionary = index.Pages.Count > 0 ? index.Pages[0].Offset - chunk.Start : 0;
        if (dictionary > 0 && dictionary < int.MaxValue)
        {
            parts.Add(new FetchedPart(chunk.Start, 0, (int)dictionary, -1));
            position = dictionary;
        }
        foreach (var page in index.Pages)
        {
            if (!rows.Overlap(page.FirstRow, page.FirstRow + page.RowCount))
            {
                parts.Add(new FetchedPart(page.Offset, -1, page.CompressedSize, (int)page.RowCount));
                continue;
            }
            parts.Add(new FetchedPart(page.Offset, position, page.CompressedSize, (int)page.RowCount));
            position += page.CompressedSize;
        }
        return [.. parts];
    }
}
