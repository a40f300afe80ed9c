using System.Diagnostics;
using Micromegas.Engine.Execution;

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

    /// <summary>Partitions written by the statement.</summary>
    public long PartitionsWritten { get; init; }

    /// <summary>Rows that came straight from blocks, without a partition.</summary>
    public long LiveRows { get; init; }

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

    /// <summary>The figures of two statements that ran one after the other.</summary>
    /// <param name="left">The first.</param>
    /// <param name="right">The second.</param>
    public static MicromegasStatistics operator +(MicromegasStatistics left, MicromegasStatistics right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new()
        {
            BytesRead = left.BytesRead + right.BytesRead,
            BytesPruned = left.BytesPruned + right.BytesPruned,
            PartitionsRead = left.PartitionsRead + right.PartitionsRead,
            PartitionsPruned = left.PartitionsPruned + right.PartitionsPruned,
            RowGroupsRead = left.RowGroupsRead + right.RowGroupsRead,
            RowGroupsPruned = left.RowGroupsPruned + right.RowGroupsPruned,
            BlocksDecoded = left.BlocksDecoded + right.BlocksDecoded,
            PartitionsWritten = left.PartitionsWritten + right.PartitionsWritten,
            LiveRows = left.LiveRows + right.LiveRows,
            CacheHits = left.CacheHits + right.CacheHits,
            RowsScanned = left.RowsScanned + right.RowsScanned,
            RowsReturned = left.RowsReturned + right.RowsReturned,
            PeakMemoryBytes = Math.Max(left.PeakMemoryBytes, right.PeakMemoryBytes),
            SpilledBytes = left.SpilledBytes + right.SpilledBytes,
            PlanningTime = left.PlanningTime + right.PlanningTime,
            MaterializationTime = left.MaterializationTime + right.MaterializationTime,
            ExecutionTime = left.ExecutionTime + right.ExecutionTime,
        };
    }

    /// <summary>The figures of two statements that ran one after the other.</summary>
    /// <param name="other">The second.</param>
    public MicromegasStatistics Add(MicromegasStatistics other) => this + other;

    internal static MicromegasStatistics From(QueryStatistics counters, long peakMemoryBytes) => new()
    {
        BytesRead = Volatile.Read(ref counters.BytesRead),
        BytesPruned = Volatile.Read(ref counters.BytesPruned),
        PartitionsRead = Volatile.Read(ref counters.PartitionsRead),
        PartitionsPruned = Volatile.Read(ref counters.PartitionsPruned),
        RowGroupsRead = Volatile.Read(ref counters.RowGroupsRead),
        RowGroupsPruned = Volatile.Read(ref counters.RowGroupsPruned),
        BlocksDecoded = Volatile.Read(ref counters.BlocksDecoded),
        PartitionsWritten = Volatile.Read(ref counters.PartitionsWritten),
        LiveRows = Volatile.Read(ref counters.LiveRows),
        CacheHits = Volatile.Read(ref counters.CacheHits),
        RowsScanned = Volatile.Read(ref counters.RowsScanned),
        RowsReturned = Volatile.Read(ref counters.RowsReturned),
        SpilledBytes = Volatile.Read(ref counters.SpilledBytes),
        PeakMemoryBytes = peakMemoryBytes,
        PlanningTime = Stopwatch.GetElapsedTime(0, Volatile.Read(ref counters.PlanningTicks)),
        MaterializationTime = Stopwatch.GetElapsedTime(0, Volatile.Read(ref counters.MaterializingTicks)),
        ExecutionTime = Stopwatch.GetElapsedTime(0, Volatile.Read(ref counters.ExecutingTicks)),
    };
}
