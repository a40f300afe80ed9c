using Micromegas.Columnar;

namespace Micromegas.Parquet;

/// <summary>The data pages of a column chunk with their places and bounds.</summary>
public sealed class PageIndex
{
    /// <summary>Bytes of a page's objects with bounds of fixed size: the page, its statistics, two scalars and their values.</summary>
    private const int PageBytes = 256;

    internal PageIndex(IndexedPage[] pages)
    {
        Pages = pages;
        Bytes = pages.Sum(static page => PageBytes + BytesOf(page.Statistics.Min) + BytesOf(page.Statistics.Max));
    }

    /// <summary>The data pages in order; together they hold every row of the row group.</summary>
    public IReadOnlyList<IndexedPage> Pages { get; }

    /// <summary>About how much memory it takes.</summary>
    internal long Bytes { get; }

    private static long BytesOf(Scalar? bound) => bound?.Value switch
    {
        string text => text.Length * sizeof(char),
        byte[] binary => binary.Length,
        _ => 0,
    };
}

/// <summary>One data page.</summary>
/// <param name="FirstRow">First row, counted from the start of the row group.</param>
/// <param name="RowCount">Rows.</param>
/// <param name="Offset">Offset of the page header in the file.</param>
/// <param name="CompressedSize">Bytes in the file, header included.</param>
/// <param name="IsAllNull">Whether every value is null.</param>
/// <param name="Statistics">Bounds and null count.</param>
public sealed record IndexedPage(long FirstRow, long RowCount, long Offset, int CompressedSize, bool IsAllNull, ColumnStatistics Statistics);
