using System.Buffers.Binary;

namespace Micromegas.Lake.Catalogs;

/// <summary>A row of <c>lakehouse_partitions</c> (spec/lakehouse.md §1.2); times in nanoseconds since 1970 UTC, kept by the catalogue as microseconds.</summary>
internal sealed record PartitionRecord
{
    public required string ViewSet { get; init; }

    /// <summary><c>global</c>, or the id of a process or stream.</summary>
    public required string InstanceId { get; init; }

    /// <summary>End exclusive for global partitions, the last block's insert time for those of one process or stream.</summary>
    public required LakeTimeRange InsertRange { get; init; }

    /// <summary>Null exactly when the partition is empty.</summary>
    public LakeTimeRange? EventRange { get; init; }

    /// <summary>When the record was made, by the writer's clock.</summary>
    public required long Updated { get; init; }

    /// <summary>Object key; null exactly when the partition is empty.</summary>
    public string? FilePath { get; init; }

    public long FileSize { get; init; }
    public required byte[] SchemaHash { get; init; }

    /// <summary>A count of the source as eight little-endian bytes; very old lakes hold other lengths.</summary>
    public required byte[] SourceHash { get; init; }

    public long RowCount { get; init; }
    public int FormatVersion { get; init; } = 2;

    /// <summary>Columns by which the rows are sorted, ascending.</summary>
    public IReadOnlyList<string>? SortOrder { get; init; }

    public long? MaxSortKeyTime { get; init; }

    /// <summary>The source count, or null for the hashes of old lakes.</summary>
    public long? SourceCount => SourceHash.Length == 8 ? BinaryPrimitives.ReadInt64LittleEndian(SourceHash) : null;

    public bool IsEmpty => RowCount == 0;

    public static byte[] EncodeSourceCount(long count)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, count);
        return bytes;
    }

    /// <summary>What upstream requires of every row it reads; one bad row breaks its maintenance for all views (spec/lakehouse.md §1.2).</summary>
    public string? Violation()
    {
        if (RowCount < 0)
        {
            return "negative row count";
        }
        if (RowCount > 0 && (EventRange is null || FilePath is null))
        {
            return "rows without event range or file";
        }
        if (RowCount == 0 && (EventRange is not null || FilePath is not null))
        {
            return "an event range or a file without rows";
        }
        if (EventRange is null && MaxSortKeyTime is not null)
        {
            return "a maximum sort key without event range";
        }
        return InsertRange.Begin > InsertRange.End ? "insert range ends before it begins" : null;
    }
}
