namespace Micromegas.Engine.Execution;

/// <summary>What a run of a statement read, skipped and held. Fields are counted by many workers: add with <see cref="Interlocked"/>.</summary>
public sealed class QueryStatistics
{
    /// <summary>Bytes read from the object store.</summary>
    public long BytesRead;

    /// <summary>Bytes of row groups and pages that statistics or predicates let us skip.</summary>
    public long BytesPruned;

    public long PartitionsRead;
    public long PartitionsPruned;
    public long RowGroupsRead;
    public long RowGroupsPruned;

    /// <summary>Pages of row groups that are read which were left out by the page index.</summary>
    public long PagesPruned;

    /// <summary>Telemetry blocks decoded, for just-in-time partitions and for live reading.</summary>
    public long BlocksDecoded;

    /// <summary>Partitions written by this statement.</summary>
    public long PartitionsWritten;

    /// <summary>Rows that came straight from blocks, without a partition.</summary>
    public long LiveRows;

    public long CacheHits;

    /// <summary>Rows that scans delivered.</summary>
    public long RowsScanned;

    /// <summary>Rows of the result.</summary>
    public long RowsReturned;

    public long SpilledBytes;

    /// <summary>Ticks of <see cref="System.Diagnostics.Stopwatch"/> spent parsing, binding and planning.</summary>
    public long PlanningTicks;

    /// <summary>Ticks spent making partitions.</summary>
    public long MaterializingTicks;

    /// <summary>Ticks from the start of execution to the end of the result.</summary>
    public long ExecutingTicks;
}
