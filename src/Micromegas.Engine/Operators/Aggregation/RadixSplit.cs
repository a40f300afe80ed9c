using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Operators.Aggregation;

/// <summary>
/// The groups and rows of one worker, split by the hash of their keys. Where there are many groups that hardly repeat, a table that misses the caches at every row
/// costs more than putting rows into partitions first and grouping partition by partition: each is small, and all workers' rows of it are grouped by one of them, so
/// that no tables are merged. Groups that were found before lie beside the rows as exported state.
/// </summary>
internal sealed class RadixSplit : IDisposable
{
    /// <summary>Texts that are longer than this on average are not copied about: looking at their bytes costs as much as the cache misses that are spared.</summary>
    private const int LongestText = 256;

    /// <summary>Rows are worth keeping while no more than so many make a group; else they are grouped, partition by partition, and go on as groups.</summary>
    private const int RowsPerGroup = 4;

    /// <summary>The first time to look is when there are so many times <see cref="Execution.EngineOptions.ManyGroups"/> rows.</summary>
    private const int RowsAtFirst = 16;

    /// <summary>
    /// Texts are put into partitions from so many times as many groups on: copying them costs as much as the look-ups in a table of texts, which are asked for ahead.
    /// </summary>
    private const int TextFactor = 16;

    private readonly AggregateSpec spec;
    private readonly int set;
    private readonly RowLayout layout;
    private readonly RadixPartitions groups;
    private readonly RadixPartitions rows;
    private readonly Vector[] columns;
    private readonly Lock gate = new();
    private MemoryReservation? reservation;
    private readonly long fewestRows;
    private long enoughRows;
    private int sample;

    /// <param name="spec">The aggregation.</param>
    /// <param name="set">The grouping set.</param>
    /// <param name="textBytes">Bytes of the texts of a row, about.</param>
    public RadixSplit(AggregateSpec spec, int set, int textBytes)
    {
        this.spec = spec;
        this.set = set;
        layout = spec.Rows(set);
        groups = new RadixPartitions(layout.GroupTypes, layout.KeyCount, textBytes);
        rows = new RadixPartitions(layout.Types, layout.KeyCount, textBytes);
        columns = new Vector[layout.Types.Count];
        fewestRows = (long)spec.Context.Options.ManyGroups * RowsAtFirst;
        enoughRows = fewestRows;
    }

    public long Bytes => rows.Bytes + groups.Bytes;

    /// <summary>Bytes of memory that a further batch asks for.</summary>
    public long GrowthBytes => rows.GrowthBytes;

    /// <summary>Groups, some of which may be there several times.</summary>
    public long GroupCount => groups.RowCount;

    /// <summary>Whether an aggregation may be split: the rows are all there is to say about a group, and memory is plenty.</summary>
    public static bool Suits(AggregateSpec spec, AggregateTable table)
    {
        if (table.KeyCount == 0 || table.DeferredCalls.Length > 0 || spec.Rows(table.Set) is not { IsSplittable: true })
        {
            return false;
        }
        foreach (var accumulator in table.Accumulators)
        {
            if (!accumulator.IsFixedSize)
            {
                return false;
            }
        }
        return (long)RadixPartitions.Count * RadixPartitions.ChunkBytes * spec.Context.Options.Threads <= spec.Context.Budget.Limit / spec.Context.Options.SplitMemory;
    }

    /// <summary>The groups from which on splitting pays.</summary>
    public static int Threshold(AggregateSpec spec, AggregateTable table) => !Suits(spec, table)
        ? int.MaxValue
        : (int)Math.Min(int.MaxValue, (long)spec.Context.Options.ManyGroups * (spec.Rows(table.Set).IsText ? TextFactor : 1));

    /// <summary>Bytes of the texts of a row of a batch, about; less than 0 where its rows had better go to a table: texts are long, or all keys are codes, which a table knows.</summary>
    public static unsafe int TextBytes(ReadOnlySpan<Vector> keys, Batch batch)
    {
        var bytes = 0L;
        var isCoded = true;
        foreach (var key in keys)
        {
            isCoded &= key is DictionaryVector or ConstantVector;
            switch (key)
            {
                case BinaryVector texts:
                    bytes += texts.Offsets[batch.RowCount] - texts.Offsets[0];
                    break;
                case DictionaryVector { Values: BinaryVector values } dictionary:
                    foreach (var row in new RowSet(batch.Selection, batch.RowCount, null))
                    {
                        bytes += dictionary.IsNull(row) ? 0 : values.Offsets[dictionary.Codes[row] + 1] - values.Offsets[dictionary.Codes[row]];
                    }
                    break;
                case DictionaryVector { Values: not FlatVector }:
                case ConstantVector { Type.Storage: StorageKind.Bytes }:
                    return -1;
                default:
                    break;
            }
        }
        bytes /= Math.Max(1, batch.RowCount);
        return isCoded || bytes > LongestText ? -1 : (int)bytes;
    }

    /// <summary>Adds the rows of a batch. False where they had better go to a table; then nothing was done.</summary>
    public unsafe bool TryAdd(ReadOnlySpan<Vector> keys, Batch batch, ReadOnlySpan<CallInput> calls)
    {
        // Rows that stand for several know no place for their number here.
        if (batch.Columns.Length > spec.Input.Count || TextBytes(keys, batch) < 0)
        {
            return false;
        }
        keys.CopyTo(columns);
        for (var i = 0; i < calls.Length; i++)
        {
            calls[i].Evaluate(batch);
            for (var argument = 0; argument < calls[i].Arguments.Length; argument++)
            {
                columns[layout.Ordinals[i][argument]] = calls[i].Arguments[argument];
            }
        }
        rows.Add(columns, batch.Selection == null ? null : batch.Selection.Rows, batch.SelectedCount);
        spec.Statistics.CountPartitioned(batch.SelectedCount);
        return true;
    }

    /// <summary>Adds the groups of a table.</summary>
    public unsafe void Add(AggregateTable table, CancellationToken cancellationToken)
    {
        using var exporter = new AggregateExporter(table);
        exporter.Export((_, block, count) => groups.Add(block, null, count), cancellationToken);
    }

    /// <summary>
    /// Whether so many rows have come since this was asked last that it pays to look whether they repeat, and they do: see <see cref="Compact"/>.
    /// </summary>
    public bool IsRepetitive(CancellationToken cancellationToken)
    {
        if (rows.RowCount < enoughRows)
        {
            return false;
        }
        enoughRows = rows.RowCount * 2;
        rows.Complete();
        // Each time another partition, but one that has its share of the rows; there is one.
        do
        {
            sample = (sample + 1) % RadixPartitions.Count;
        }
        while (rows.RowsOf(sample) < rows.RowCount / RadixPartitions.Count);
        using var table = new AggregateTable(spec, set);
        rows.Read(sample, (block, count) => table.Import(table.RowStream, block, count), null, cancellationToken);
        return (long)table.GroupCount * RowsPerGroup < rows.RowsOf(sample);
    }

    /// <summary>Groups the rows so far, partition by partition.</summary>
    public void Compact(CancellationToken cancellationToken)
    {
        Complete();
        var (count, known) = (rows.RowCount, groups.RowCount);
        for (var partition = 0; partition < RadixPartitions.Count; partition++)
        {
            using var table = new AggregateTable(spec, set);
            groups.Read(partition, (block, some) => table.Import(0, block, some), groups.Forget, cancellationToken);
            rows.Read(partition, (block, some) => table.Import(table.RowStream, block, some), rows.Forget, cancellationToken);
            Add(table, cancellationToken);
            // The groups of the next partition are not among those that were added.
            groups.Complete();
        }
        enoughRows = Math.Max(fewestRows, Math.Min(count, (groups.RowCount * RowsPerGroup) + known));
    }

    /// <summary>No rows come any more: the partitions can be read.</summary>
    /// <param name="held">What accounts for them.</param>
    public void Complete(MemoryReservation held)
    {
        Complete();
        reservation = held;
    }

    /// <summary>Hands over the groups and rows of a partition, which are freed. Several workers may do so with different partitions.</summary>
    public void Take(int partition, Action<int, Vector[], int> take, int rowStream, CancellationToken cancellationToken)
    {
        groups.Read(partition, (block, count) => take(0, block, count), Freed, cancellationToken);
        rows.Read(partition, (block, count) => take(rowStream, block, count), Freed, cancellationToken);
    }

    /// <summary>Moves everything to partitions that can be put into files.</summary>
    public void MoveTo(AggregatePartitions target, AggregateTable table, CancellationToken cancellationToken)
    {
        TakeAll((stream, block, count) => target.Add(table, stream, block, count), table.RowStream, cancellationToken);
        target.Complete();
    }

    /// <summary>Moves everything into a table.</summary>
    public void MoveTo(AggregateTable target, CancellationToken cancellationToken) => TakeAll(target.Import, target.RowStream, cancellationToken);

    public void Dispose()
    {
        rows.Dispose();
        groups.Dispose();
    }

    private void TakeAll(Action<int, Vector[], int> take, int rowStream, CancellationToken cancellationToken)
    {
        Complete();
        for (var partition = 0; partition < RadixPartitions.Count; partition++)
        {
            Take(partition, take, rowStream, cancellationToken);
        }
    }

    private void Complete()
    {
        rows.Complete();
        groups.Complete();
    }

    private void Freed(long bytes, long count)
    {
        lock (gate)
        {
            reservation?.Shrink(Math.Min(bytes, reservation.Bytes));
        }
    }
}
