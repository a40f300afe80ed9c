using Micromegas.Columnar;

namespace Micromegas.Parquet;

/// <summary>How a file is laid out. <see cref="Upstream"/> is what upstream writes (spec/lakehouse.md §2.2), <see cref="Fast"/> our own layout (design.md §5).</summary>
public sealed record ParquetWriterOptions
{
    /// <summary>
    /// Upstream's profile: LZ4_RAW, dictionaries up to 1 MiB, 20,000 rows or 1 MiB a page. Upstream finds out only when a dictionary is full that its column does
    /// not repeat; we leave it when the first rows say so, which its readers do not mind and which spares the half of the work.
    /// </summary>
    public static ParquetWriterOptions Upstream { get; } = new() { LargestDistinctShare = 0.5 };

    /// <summary>
    /// For lakes that only we use: times are delta-coded instead of put into a dictionary, columns that hardly repeat leave theirs at once, texts without
    /// dictionary lie one behind the other, pages are compressed only where that saves a quarter. Identifiers get bloom filters (<see cref="LongestIdentifier"/>).
    /// </summary>
    public static ParquetWriterOptions Fast { get; } = new()
    {
        SmallestSaving = 0.25,
        LargestDistinctShare = 0.25,
        SharesPrefixes = false,
        LongestIdentifier = 40,
        UsesDictionary = static field => field.Type.Kind != TypeKind.Timestamp,
    };

    /// <summary>Codec of all columns: <see cref="ParquetCodec.None"/>, <see cref="ParquetCodec.Lz4Raw"/> or <see cref="ParquetCodec.Snappy"/>.</summary>
    public ParquetCodec Codec { get; init; } = ParquetCodec.Lz4Raw;

    /// <summary>A page stays uncompressed when compression saves no more than this part of it.</summary>
    public double SmallestSaving { get; init; }

    /// <summary>Rows of a full row group.</summary>
    public int RowGroupRows { get; init; } = 131_072;

    /// <summary>A row group ends early when its encoded bytes exceed this.</summary>
    public long RowGroupBytes { get; init; } = 100 << 20;

    /// <summary>A page ends when it has this many rows.</summary>
    public int PageRows { get; init; } = 20_000;

    /// <summary>A page ends when its encoded values reach about this size.</summary>
    public int PageBytes { get; init; } = 1 << 20;

    /// <summary>A column leaves its dictionary for the rest of the row group when the dictionary reaches this size.</summary>
    public int DictionaryBytes { get; init; } = 1 << 20;

    /// <summary>
    /// A column whose first rows (<see cref="ProbedRows"/>) have more distinct values than this part of them is written without dictionary.
    /// </summary>
    public double LargestDistinctShare { get; init; } = 1;

    /// <summary>Whether texts without dictionary are written as differences to the one before (DELTA_BYTE_ARRAY), else in full (DELTA_LENGTH_BYTE_ARRAY).</summary>
    public bool SharesPrefixes { get; init; } = true;

    /// <summary>
    /// Texts and binaries without dictionary get a bloom filter when their mean length, in bytes, is at most this: identifiers, which bounds and dictionaries say
    /// nothing of. Longer texts are messages, which nobody asks for by equality. 0 = no bloom filters.
    /// </summary>
    public int LongestIdentifier { get; init; }

    /// <summary>Rows of a row group that <see cref="LargestDistinctShare"/> looks at.</summary>
    internal const int ProbedRows = 8192;

    /// <summary>Which leaves (as Arrow fields) try a dictionary; booleans never do.</summary>
    public Func<Field, bool> UsesDictionary { get; init; } = static _ => true;

    /// <summary>Bounds of texts and binaries longer than this are cut.</summary>
    public int BoundBytes { get; init; } = 64;

    /// <summary>Name of the writing program in the footer.</summary>
    public string CreatedBy { get; init; } = "Micromegas.Data version 0.1.0";

    internal void Check()
    {
        if (Codec is not (ParquetCodec.None or ParquetCodec.Lz4Raw or ParquetCodec.Snappy))
        {
            throw new ArgumentException($"Files cannot be written with codec {Codec}.");
        }
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(RowGroupRows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(PageRows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(PageBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BoundBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(LongestIdentifier);
    }
}
