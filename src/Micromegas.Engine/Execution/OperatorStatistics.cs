using System.Diagnostics;
using System.Globalization;

namespace Micromegas.Engine.Execution;

/// <summary>What one plan node did, counted over all workers.</summary>
public sealed class OperatorStatistics
{
    private long rows;
    private long batches;
    private long ticks;
    private long spilledBytes;

    /// <summary>Rows that the node gave out.</summary>
    public long Rows => Volatile.Read(ref rows);

    /// <summary>Batches that the node gave out.</summary>
    public long Batches => Volatile.Read(ref batches);

    /// <summary>Bytes that the node wrote to temporary files.</summary>
    public long SpilledBytes => Volatile.Read(ref spilledBytes);

    /// <summary>Time that workers spent in the node itself, without the nodes above and below it.</summary>
    public TimeSpan Time => Stopwatch.GetElapsedTime(0, Volatile.Read(ref ticks));

    /// <summary>The figures as EXPLAIN ANALYZE shows them.</summary>
    public override string ToString()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"rows={Rows}, batches={Batches}, time={Time.TotalMilliseconds:0.###}ms");
        return SpilledBytes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{text}, spilled={SpilledBytes}B") : text;
    }

    internal void CountRows(int count)
    {
        Interlocked.Add(ref rows, count);
        Interlocked.Increment(ref batches);
    }

    internal void CountTicks(long count) => Interlocked.Add(ref ticks, count);

    internal void CountSpill(long bytes) => Interlocked.Add(ref spilledBytes, bytes);
}
