using System.Diagnostics;
using System.Globalization;

namespace Micromegas.Engine.Execution;

/// <summary>
/// What one plan node did, counted over all workers. Rows and times are counted in runs that are profiled only: clocks and shared counters cost
/// some hundred nanoseconds a batch and node.
/// </summary>
public sealed class OperatorStatistics
{
    private long rows;
    private long batches;
    private long ticks;
    private long spilledBytes;
    private long partitionedRows;

    /// <summary>Whether rows and times are counted.</summary>
    public bool IsProfiled { get; internal set; }

    /// <summary>Rows that the node gave out.</summary>
    public long Rows => Volatile.Read(ref rows);

    /// <summary>Batches that the node gave out.</summary>
    public long Batches => Volatile.Read(ref batches);

    /// <summary>Bytes that the node wrote to temporary files.</summary>
    public long SpilledBytes => Volatile.Read(ref spilledBytes);

    /// <summary>Rows that the node split by the hash of their keys before it grouped them: there were too many groups for the processor's caches.</summary>
    public long PartitionedRows => Volatile.Read(ref partitionedRows);

    /// <summary>Time that workers spent in the node itself, without the nodes above and below it.</summary>
    public TimeSpan Time => Stopwatch.GetElapsedTime(0, Volatile.Read(ref ticks));

    /// <summary>The figures as EXPLAIN ANALYZE shows them.</summary>
    public override string ToString()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"rows={Rows}, batches={Batches}, time={Time.TotalMilliseconds:0.###}ms");
        text = PartitionedRows > 0 ? string.Create(CultureInfo.InvariantCulture, $"{text}, partitioned={PartitionedRows}") : text;
        return SpilledBytes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{text}, spilled={SpilledBytes}B") : text;
    }

    internal void CountRows(int count)
    {
        if (IsProfiled)
        {
            Interlocked.Add(ref rows, count);
            Interlocked.Increment(ref batches);
        }
    }

    /// <summary>The clock, where times are counted.</summary>
    internal long Now() => IsProfiled ? Stopwatch.GetTimestamp() : 0;

    internal void CountTicks(long count)
    {
        if (IsProfiled)
        {
            Interlocked.Add(ref ticks, count);
        }
    }

    internal void CountPartitioned(int count) => Interlocked.Add(ref partitionedRows, count);

    internal void CountSpill(long bytes) => Interlocked.Add(ref spilledBytes, bytes);
}
