namespace Micromegas.Lake.Catalogs;

/// <summary>A row of <c>blocks</c>; times in nanoseconds since 1970 UTC.</summary>
internal sealed record BlockRecord
{
    public required Guid BlockId { get; init; }
    public required Guid StreamId { get; init; }
    public required Guid ProcessId { get; init; }
    public long BeginTime { get; init; }

    /// <summary>Relative to the process's start ticks in native streams.</summary>
    public long BeginTicks { get; init; }

    public long EndTime { get; init; }
    public long EndTicks { get; init; }
    public int ObjectCount { get; init; }

    /// <summary>Ordinal of the first object in its stream.</summary>
    public long ObjectOffset { get; init; }

    public long PayloadSize { get; init; }
    public long InsertTime { get; init; }

    /// <summary>Key of the payload (spec/lakehouse.md §2.1).</summary>
    public string ObjectKey => $"blobs/{ProcessId:D}/{StreamId:D}/{BlockId:D}";
}

/// <summary>A block with its stream and process: a row of the inner join that the view <c>blocks</c> is made of (spec/lakehouse.md §3.3).</summary>
internal sealed record SourceBlock(BlockRecord Block, StreamRecord Stream, ProcessRecord Process);
