namespace Micromegas.Data;

/// <summary>What a statement read and cost. The figures of a running statement grow until its reader is closed.</summary>
public sealed record MicromegasStatistics
{
    /// <summary>Bytes read from the object store and from files.</summary>
    public long BytesRead { get; init; }

    /// <summary>Bytes of files that were in question and did not have to be read.</summary>
    public long BytesPruned { get; init; }

    /// <summary>Partitions read.</summary>
    public long PartitionsRead { get; init; }

    /// <summary>Partitions that the query range, predicates or statistics excluded.</summary>
    public long PartitionsPruned { get; init; }

    /// <summary>Row groups read.</summary>
    public long RowGroupsRead { get; init; }

    /// <summary>Row groups that predicates and statistics excluded.</summary>
    public long RowGroupsPruned { get; init; }

    /// <summary>Blocks of raw telemetry that were decoded.</summary>
    public long BlocksDecoded { get; init; }

    /// <summary>Reads that a cache answered.</summary>
    public long CacheHits { get; init; }

    /// <summary>Rows scanned.</summary>
    public long RowsScanned { get; init; }

    /// <summary>Rows returned so far.</summary>
    public long RowsReturned { get; init; }

    /// <summary>The most memory held at one time, in bytes.</summary>
    public long PeakMemoryBytes { get; init; }

    /// <summary>Bytes written to temporary files for want of memory.</summary>
    public long SpilledBytes { get; init; }

    /// <summary>Time spent in parsing, binding and planning.</summary>
    public TimeSpan PlanningTime { get; init; }

    /// <summary>Time spent in making partitions.</summary>
    public TimeSpan MaterializationTime { get; init; }

    /// <summary>Time from the start of execution to the last row.</summary>
    public TimeSpan ExecutionTime { get; init; }
}
