using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Spilling;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>Rows of one side of a join in a temporary file, split by some bits of the hash of their keys; written by one worker.</summary>
internal sealed unsafe class JoinPartitions : IDisposable
{
    /// <summary>Partitions that rows are split into at a time.</summary>
    public const int Count = 1 << Bits;

    /// <summary>How often partitions that are still too large are split again.</summary>
    public const int MaxLevel = 4;

    private const int Bits = 4;
    private const long MaxBlockBytes = 64 << 10;

    private readonly Schema schema;
    private readonly int level;
    private readonly long blockBytes;
    private readonly MemoryReservation reservation;
    private readonly BatchBuilder?[] builders = new BatchBuilder?[Count];
    private readonly NativeList<SpilledBatch>[] blocks = [.. Enumerable.Range(0, Count).Select(static _ => new NativeList<SpilledBatch>())];
    private readonly KeyHasher hasher = new();
    private readonly NativeList<ulong> hashes = new();
    private readonly NativeList<int> rows = new();
    private readonly SpillFile file;
    private Batch? written;

    /// <param name="types">The columns.</param>
    /// <param name="level">How often the rows were split before.</param>
    /// <param name="spec">The join.</param>
    public JoinPartitions(IReadOnlyList<DataType> types, int level, JoinSpec spec)
    {
        // Dictionaries are written out, so the rows are collected without them.
        schema = new Schema(types.Select(static (type, i) => new Field($"{i}", type.ValueType)).ToArray());
        this.level = level;
        blockBytes = Math.Clamp(spec.Context.Budget.Limit / (16 * Count), 4 << 10, MaxBlockBytes);
        reservation = new MemoryReservation(spec.Context.Budget, spec.Name);
        file = new SpillFile(spec.Context, spec.Statistics, spec.Name);
    }

    /// <summary>Adds rows.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="selected">The rows; null = the first <paramref name="count"/>.</param>
    /// <param name="count">Rows to add.</param>
    public void Add(Vector[] columns, ReadOnlySpan<Vector> keys, int* selected, int count)
    {
        hashes.EnsureCapacity(Math.Max(count, 1));
        rows.EnsureCapacity(Math.Max(count, 1));
        hasher.Hash(keys, selected, count, hashes.Items);
        var shift = 64 - (Bits * (level + 1));
        for (var partition = 0; partition < Count; partition++)
        {
            rows.Count = 0;
            for (var i = 0; i < count; i++)
            {
                if ((int)(hashes[i] >> shift & (Count - 1)) == partition)
                {
                    rows.Add(selected == null ? i : selected[i]);
                }
            }
            // In pieces, so that a block is never much larger than it should be.
            for (var start = 0; start < rows.Count;)
            {
                var builder = builders[partition] ??= new BatchBuilder(schema);
                var piece = Math.Min(rows.Count - start, Math.Min(256, Batch.MaxRows - builder.RowCount));
                builder.Append(columns, rows.Span.Slice(start, piece));
                start += piece;
                if (builder.RowCount == Batch.MaxRows || builder.AllocatedBytes >= blockBytes)
                {
                    Flush(partition);
                }
            }
        }
        Account();
    }

    /// <summary>Writes what is still in memory; no more rows come.</summary>
    public void Complete()
    {
        for (var partition = 0; partition < Count; partition++)
        {
            Flush(partition);
            builders[partition]?.Dispose();
            builders[partition] = null;
        }
        reservation.Dispose();
    }

    /// <summary>The blocks of a partition.</summary>
    public ReadOnlySpan<SpilledBatch> BlocksOf(int partition) => blocks[partition].Span;

    /// <summary>Where the blocks are.</summary>
    public SpillFile File => file;

    public void Dispose()
    {
        foreach (var builder in builders)
        {
            builder?.Dispose();
        }
        foreach (var list in blocks)
        {
            list.Dispose();
        }
        hasher.Dispose();
        hashes.Dispose();
        rows.Dispose();
        file.Dispose();
        reservation.Dispose();
    }

    private void Flush(int partition)
    {
        if (builders[partition] is not { RowCount: > 0 } builder)
        {
            return;
        }
        // There are very many blocks: the objects are made once.
        written = builder.Build(written);
        try
        {
            blocks[partition].Add(file.Write(written.Columns, written.RowCount));
        }
        finally
        {
            written.DisposeColumns();
        }
    }

    private void Account()
    {
        var held = HeldBytes();
        if (reservation.TryResize(held))
        {
            return;
        }
        for (var partition = 0; partition < Count; partition++)
        {
            Flush(partition);
        }
        held = HeldBytes();
        if (!reservation.TryResize(held))
        {
            reservation.Grow(held - reservation.Bytes);
        }
    }

    private long HeldBytes()
    {
        // Asked after every batch: nothing is allocated here.
        var bytes = 0L;
        foreach (var builder in builders)
        {
            bytes += builder?.AllocatedBytes ?? 0;
        }
        return bytes;
    }
}
