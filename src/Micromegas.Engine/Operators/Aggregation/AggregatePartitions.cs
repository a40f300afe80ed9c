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

    /// <summary>How often a partition that is still too large is split again.</summary>
    public const int MaxLevel = 4;

    /// <summary>Bytes from which a partition's rows make a block, within these bounds: groups may carry long lists.</summary>
    private const long SmallestBlock = 16 << 10;
    private const long LargestBlock = 256 << 10;

    private readonly AggregateSpec spec;
    private readonly MemoryReservation reservation;
    private readonly bool spillAlways;
    private readonly bool byRows;
    private readonly int shift;
    private readonly long blockBytes;
    private readonly NativeList<Block>[] blocks = [.. Enumerable.Range(0, Count).Select(static _ => new NativeList<Block>())];

    /// <summary>The vectors of blocks in memory.</summary>
    private readonly List<Vector[]?> kept = [];
    private readonly KeyHasher hasher = new();
    private readonly NativeList<ulong> hashes = new();
    private readonly NativeList<int> rows = new();
    private readonly Dictionary<int, DataType[]> types = [];
    private readonly Dictionary<(int Stream, int Partition), BatchBuilder> builders = [];
    private SpillFile? file;
    private int taken;

    /// <param name="spec">The aggregation.</param>
    /// <param name="reservation">Accounts for blocks in memory.</param>
    /// <param name="spillAlways">Whether no block stays in memory.</param>
    /// <param name="level">How often the groups were split before.</param>
    /// <param name="byRows">Whether distinct rows are split by all their columns: there are too few groups to split them by.</param>
    public AggregatePartitions(AggregateSpec spec, MemoryReservation reservation, bool spillAlways, int level = 0, bool byRows = false)
    {
        this.byRows = byRows;
        shift = 60 - (4 * level);
        blockBytes = BlockBytes(spec.Context.Budget);
        this.spec = spec;
        this.reservation = reservation;
        this.spillAlways = spillAlways;
    }

    /// <summary>Bytes of memory that splitting itself takes: a block is filled for each partition.</summary>
    public static long WorkingBytes(MemoryBudget budget) => Count * BlockBytes(budget);

    private static long BlockBytes(MemoryBudget budget) => Math.Clamp(budget.Limit / (16 * Count), SmallestBlock, LargestBlock);

    /// <summary>Whether something went to a temporary file.</summary>
    public bool HasSpilled => file is not null;

    /// <summary>Exports a table, which is empty of use afterwards.</summary>
    public void Add(AggregateTable table, CancellationToken cancellationToken)
    {
        using var exporter = new AggregateExporter(table);
        exporter.Export((stream, columns, count) => Add(table, stream, columns, count), cancellationToken);
        Complete();
    }

    /// <summary>Exports the distinct rows of a table, which it forgets; <see cref="Complete"/> follows.</summary>
    public void AddDistinct(AggregateTable table, CancellationToken cancellationToken)
    {
        using var exporter = new AggregateExporter(table);
        exporter.ExportDistinct((stream, columns, count) => Add(table, stream, columns, count), cancellationToken);
    }

    /// <summary>Adds a block that a table exported; <see cref="Complete"/> follows the last one.</summary>
    /// <param name="table">A table of the same set.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="count">Rows.</param>
    public void Add(AggregateTable table, int stream, Vector[] columns, int count)
    {
        types.TryAdd(stream, table.StreamTypes(stream));
        Scatter(stream, columns, count, table.HashedColumns(stream, byRows));
    }

    /// <summary>Makes blocks of what was added.</summary>
    public void Complete()
    {
        foreach (var ((stream, partition), builder) in builders)
        {
            if (builder.RowCount > 0)
            {
                Flush(stream, partition, builder);
            }
            builder.Dispose();
        }
        builders.Clear();
        file?.EndWriting();
    }

    /// <summary>Moves blocks in memory to a temporary file: merging needs their room.</summary>
    public void Spill(CancellationToken cancellationToken)
    {
        foreach (var partition in blocks)
        {
            for (var i = 0; i < partition.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var block = partition[i];
                if (block.Kept >= 0)
                {
                    file ??= new SpillFile(spec.Context, spec.Statistics, reservation.Owner);
                    partition[i] = block with { Kept = -1, Place = file.Write(kept[block.Kept]!, block.Place.Rows) };
                    FreeKept(block.Kept);
                }
            }
        }
    }

    /// <summary>Hands over blocks of a partition, which are freed afterwards.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="take">Gets stream, columns and rows of each block.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <param name="wanted">The streams; null = all. Blocks of others stay.</param>
    public void Take(int partition, Action<int, Vector[], int> take, CancellationToken cancellationToken, Func<int, bool>? wanted = null)
    {
        var list = blocks[partition];
        var left = 0;
        for (var i = 0; i < list.Count; i++)
        {
            var block = list[i];
            if (wanted is not null && !wanted(block.Stream))
            {
                list[left++] = block;
                continue;
            }
            Show(block, take, cancellationToken);
            if (block.Kept >= 0)
            {
                FreeKept(block.Kept);
            }
        }
        list.Count = left;
        if (left == 0)
        {
            list.Dispose();
        }
        if (wanted is null && Interlocked.Increment(ref taken) == Count)
        {
            // There may be very many of them before the statement ends.
            Dispose();
        }
    }

    /// <summary>Shows all blocks of partitions that never stay in memory, as often as wanted.</summary>
    /// <param name="take">Gets stream, columns and rows of each block.</param>
    /// <param name="wanted">The streams.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public void Read(Action<int, Vector[], int> take, Func<int, bool> wanted, CancellationToken cancellationToken)
    {
        foreach (var list in blocks)
        {
            for (var i = 0; i < list.Count; i++)
            {
                if (wanted(list[i].Stream))
                {
                    Show(list[i], take, cancellationToken);
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (var column in kept.SelectMany(static columns => columns ?? []))
        {
            column.Dispose();
        }
        foreach (var list in blocks)
        {
            list.Dispose();
        }
        foreach (var builder in builders.Values)
        {
            builder.Dispose();
        }
        hasher.Dispose();
        hashes.Dispose();
        rows.Dispose();
        file?.Dispose();
    }

    private void Show(Block block, Action<int, Vector[], int> take, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var columns = block.Kept >= 0 ? kept[block.Kept]! : file!.Read(block.Place, types[block.Stream]);
        try
        {
            take(block.Stream, columns, block.Place.Rows);
        }
        finally
        {
            if (block.Kept < 0)
            {
                Free(columns);
            }
        }
    }

    private void FreeKept(int number)
    {
        var columns = kept[number]!;
        kept[number] = null;
        var bytes = columns.Sum(static column => column.OwnedBytes);
        Free(columns);
        // Partitions are merged by several workers at a time.
        lock (blocks)
        {
            reservation.Shrink(bytes);
        }
    }

    private static void Free(Vector[] columns)
    {
        foreach (var column in columns)
        {
            column.Dispose();
        }
    }

    private void Scatter(int stream, Vector[] columns, int count, int hashed)
    {
        hashes.EnsureCapacity(count);
        rows.EnsureCapacity(count);
        hasher.Hash(columns.AsSpan(0, hashed), count, hashes.Items);
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
            if (!builders.TryGetValue((stream, partition), out var builder))
            {
                builder = new BatchBuilder(new Schema(types[stream].Select(static (type, i) => new Field($"{i}", type)).ToArray()));
                builders.Add((stream, partition), builder);
            }
            builder.Append(columns, some);
            if (builder.RowCount >= Batch.MaxRows || builder.AllocatedBytes >= blockBytes)
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
            next[hashes[i] >> shift & (Count - 1)]++;
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
            rows.Items[next[hashes[i] >> shift & (Count - 1)]++] = i;
        }
    }

    private void Flush(int stream, int partition, BatchBuilder builder)
    {
        var batch = builder.Build();
        if (!spillAlways && reservation.TryGrow(batch.OwnedBytes))
        {
            blocks[partition].Add(new Block(stream, kept.Count, new SpilledBatch(0, 0, batch.RowCount)));
            kept.Add(batch.Columns);
            return;
        }
        try
        {
            file ??= new SpillFile(spec.Context, spec.Statistics, reservation.Owner);
            blocks[partition].Add(new Block(stream, -1, file.Write(batch.Columns, batch.RowCount)));
        }
        finally
        {
            batch.DisposeColumns();
        }
    }

    /// <summary>Rows of a stream: of the block in memory that has the number <paramref name="Kept"/>, or in the file if that is -1.</summary>
    private readonly record struct Block(int Stream, int Kept, SpilledBatch Place);
}
