using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Spilling;

namespace Micromegas.Engine.Operators.Aggregation;

/// <summary>
/// Exported state of one worker's groups, split by the hash of their keys, so that partitions can be merged independently of one another.
/// Blocks stay in memory while the budget allows, else they go to a temporary file.
/// </summary>
internal sealed unsafe class AggregatePartitions : IDisposable
{
    /// <summary>Partitions of an aggregation with many groups.</summary>
    public const int Count = 16;

    private readonly AggregateSpec spec;
    private readonly MemoryReservation reservation;
    private readonly bool spillAlways;
    private readonly List<Block>[] blocks = [.. Enumerable.Range(0, Count).Select(static _ => new List<Block>())];
    private readonly KeyHasher hasher = new();
    private readonly NativeList<ulong> hashes = new();
    private readonly NativeList<int> rows = new();
    private readonly Dictionary<int, DataType[]> types = [];
    private SpillFile? file;

    public AggregatePartitions(AggregateSpec spec, MemoryReservation reservation, bool spillAlways)
    {
        this.spec = spec;
        this.reservation = reservation;
        this.spillAlways = spillAlways;
    }

    /// <summary>Whether something went to a temporary file.</summary>
    public bool HasSpilled => file is not null;

    /// <summary>Exports a table, which is empty of use afterwards.</summary>
    public void Add(AggregateTable table, CancellationToken cancellationToken)
    {
        var builders = new BatchBuilder?[table.StreamCount * Count];
        try
        {
            table.Export(
                (stream, columns, count) =>
                {
                    types.TryAdd(stream, table.StreamTypes(stream));
                    Scatter(stream, columns, count, table.KeyCount, builders);
                },
                cancellationToken);
            for (var i = 0; i < builders.Length; i++)
            {
                if (builders[i] is { RowCount: > 0 } builder)
                {
                    Flush(i / Count, i % Count, builder);
                }
            }
        }
        finally
        {
            foreach (var builder in builders)
            {
                builder?.Dispose();
            }
        }
    }

    /// <summary>Adds the blocks of a partition to a table.</summary>
    public void Import(int partition, AggregateTable table, CancellationToken cancellationToken)
    {
        foreach (var block in blocks[partition])
        {
            cancellationToken.ThrowIfCancellationRequested();
            var columns = block.Columns ?? file!.Read(block.Place, types[block.Stream]);
            try
            {
                table.Import(block.Stream, columns, block.Rows);
            }
            finally
            {
                Free(columns, block.Columns is not null);
            }
        }
        blocks[partition].Clear();
    }

    public void Dispose()
    {
        foreach (var column in blocks.SelectMany(static partition => partition).SelectMany(static block => block.Columns ?? []))
        {
            column.Dispose();
        }
        hasher.Dispose();
        hashes.Dispose();
        rows.Dispose();
        file?.Dispose();
    }

    private void Free(Vector[] columns, bool wereReserved)
    {
        var bytes = wereReserved ? columns.Sum(static column => column.OwnedBytes) : 0;
        foreach (var column in columns)
        {
            column.Dispose();
        }
        // Partitions are merged by several workers at a time.
        lock (blocks)
        {
            reservation.Shrink(bytes);
        }
    }

    private void Scatter(int stream, Vector[] columns, int count, int keyCount, BatchBuilder?[] builders)
    {
        hashes.EnsureCapacity(count);
        rows.EnsureCapacity(count);
        hasher.Hash(columns.AsSpan(0, keyCount), count, hashes.Items);
        rows.EnsureCapacity(count);
        var ends = stackalloc int[Count + 1];
        SortByPartition(count, ends);
        for (var partition = 0; partition < Count; partition++)
        {
            var some = new ReadOnlySpan<int>(rows.Items + ends[partition], ends[partition + 1] - ends[partition]);
            if (some.Length == 0)
            {
                continue;
            }
            var builder = builders[(stream * Count) + partition] ??=
                new BatchBuilder(new Schema(types[stream].Select(static (type, i) => new Field($"{i}", type)).ToArray()));
            builder.Append(new Batch(builder.Schema, columns) { RowCount = count }, some);
            if (builder.RowCount >= Batch.MaxRows)
            {
                Flush(stream, partition, builder);
            }
        }
    }

    /// <summary>Puts the row numbers of each partition one behind the other; partition p ends where p + 1 starts.</summary>
    private void SortByPartition(int count, int* starts)
    {
        var next = stackalloc int[Count];
        for (var i = 0; i < count; i++)
        {
            next[hashes[i] >> 60]++;
        }
        var total = 0;
        for (var partition = 0; partition < Count; partition++)
        {
            starts[partition] = total;
            total += next[partition];
            next[partition] = starts[partition];
        }
        starts[Count] = total;
        for (var i = 0; i < count; i++)
        {
            rows.Items[next[hashes[i] >> 60]++] = i;
        }
    }

    private void Flush(int stream, int partition, BatchBuilder builder)
    {
        var batch = builder.Build();
        if (!spillAlways && reservation.TryGrow(batch.Columns.Sum(static column => column.OwnedBytes)))
        {
            blocks[partition].Add(new Block(stream, batch.RowCount, batch.Columns, default));
            return;
        }
        try
        {
            file ??= new SpillFile(spec.Context, spec.Statistics);
            blocks[partition].Add(new Block(stream, batch.RowCount, null, file.Write(batch.Columns, batch.RowCount)));
        }
        finally
        {
            foreach (var column in batch.Columns)
            {
                column.Dispose();
            }
        }
    }

    private readonly record struct Block(int Stream, int Rows, Vector[]? Columns, SpilledBatch Place);
}
