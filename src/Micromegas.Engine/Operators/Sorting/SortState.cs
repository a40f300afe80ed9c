using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Spilling;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators.Sorting;

/// <summary>Rows in order: entries in memory, or batches in a temporary file.</summary>
internal sealed class SortRun : IDisposable
{
    public NativeList<SortEntry> Entries { get; } = new();

    /// <summary>Chunks of the store that the rows lie in.</summary>
    public List<int> Chunks { get; } = [];

    public SpillFile? File { get; private set; }

    /// <summary>What accounts for the run while it is in memory, with others of the same worker.</summary>
    public MemoryReservation? Reservation { get; set; }

    /// <summary>Where the rows lie in the file; in native memory, since there are very many.</summary>
    public NativeList<SpilledBatch> Batches { get; } = new();

    /// <summary>Rows of the largest batch.</summary>
    public int BatchRows { get; private set; }

    /// <summary>Bytes of the largest batch.</summary>
    public int BatchBytes { get; private set; }

    /// <summary>Adds the next rows of the run, in a file.</summary>
    public void Add(SpillFile file, SpilledBatch batch)
    {
        File = file;
        Batches.Add(batch);
        BatchRows = Math.Max(BatchRows, batch.Rows);
        BatchBytes = Math.Max(BatchBytes, batch.Length);
    }

    public void Dispose()
    {
        Entries.Dispose();
        Batches.Dispose();
    }
}

/// <summary>What the workers of one sort share: the rows, the sorted runs, and the bound of a top-n.</summary>
internal sealed class SortState : IDisposable
{
    /// <summary>Above this, a limit does not pay for throwing rows away again and again.</summary>
    private const long LargestTop = 64 * 1024;

    /// <summary>The part of a statement's memory, 1 / 64, that a spilled block may take, within these bounds.</summary>
    private const int BlockShift = 6;
    private const long SmallestBlock = 16 << 10;
    private const long LargestBlock = 256 << 10;

    /// <summary>What a column of a block takes in memory, however few rows it has.</summary>
    private const long ColumnBytes = 4 << 10;

    private readonly Lock gate = new();
    private readonly List<SortRun> runs = [];
    private readonly List<SpillFile> files = [];
    private readonly List<MemoryReservation> reservations = [];
    private volatile TopBound? bound;

    public SortState(
        IReadOnlyList<PlanColumn> columns, IReadOnlyList<SortKey> keys, long? limit, long offset, QueryContext context, string name, OperatorStatistics statistics)
    {
        Columns = columns;
        Keys = keys;
        Limit = limit;
        Offset = offset;
        Context = context;
        Name = name;
        Statistics = statistics;
        using var probe = new SortKeyEncoder(keys, columns, context);
        StoresKeys = !probe.IsFixed || probe.FixedLength > SortEntry.PrefixLength;
        PayloadTypes = [.. columns.Select(static column => column.Type)];
        Store = new RowStore(StoresKeys ? [.. PayloadTypes, DataType.Binary] : PayloadTypes, RowStore.LargestDictionary(context.Budget));
        FirstKeyOrdinal = keys.Count > 0 && keys[0].Expression is BoundColumn first ? columns.ToList().IndexOf(first.Column) : -1;
        IsTop = limit is { } some && offset <= LargestTop && some <= LargestTop - offset;
        Top = IsTop ? (int)(limit!.Value + offset) : 0;
    }

    public IReadOnlyList<PlanColumn> Columns { get; }

    public IReadOnlyList<SortKey> Keys { get; }

    public long? Limit { get; }

    public long Offset { get; }

    public QueryContext Context { get; }

    public string Name { get; }

    public OperatorStatistics Statistics { get; }

    public RowStore Store { get; }

    public IReadOnlyList<DataType> PayloadTypes { get; }

    /// <summary>Whether whole keys are stored, as the last column, because entries do not hold all of them.</summary>
    public bool StoresKeys { get; }

    /// <summary>Whether only the first <see cref="Top"/> rows are kept while rows come in.</summary>
    public bool IsTop { get; }

    public int Top { get; }

    /// <summary>The column that the first sort key is; -1 when it is computed.</summary>
    public int FirstKeyOrdinal { get; }

    /// <summary>The scan below, told what rows of the first key are still wanted; null when there is none to tell.</summary>
    public ScanBound? ScanBound { get; set; }

    /// <summary>The row behind which no row can be in the result; null while unknown.</summary>
    public TopBound? Bound => bound;

    public IReadOnlyList<SortRun> Runs => runs;

    public BytesColumnStore? KeyColumn => StoresKeys ? (BytesColumnStore?)Store.ColumnOf(PayloadTypes.Count) : null;

    /// <summary>Offers a bound; the tightest counts.</summary>
    /// <param name="entry">The last row that is kept.</param>
    /// <param name="firstKey">The vector of its first sort key, if that is a column.</param>
    /// <param name="row">Its row there.</param>
    public void Tighten(SortEntry entry, Vector? firstKey, int row)
    {
        if (ScanBound is not null && firstKey is not null)
        {
            ScanBound.Tighten(firstKey.GetScalar(row));
        }
        lock (gate)
        {
            if (bound is not { } known || entry.ComparePrefix(known.Entry) < 0)
            {
                bound = new TopBound(entry);
            }
        }
    }

    public void Add(SortRun run)
    {
        lock (gate)
        {
            runs.Add(run);
        }
    }

    /// <summary>Rows of a spilled block: merging holds one block of every run, so blocks of long rows have few.</summary>
    /// <param name="last">A block of such rows.</param>
    public int BlockRows(SpilledBatch last)
    {
        var most = Math.Clamp(Context.Budget.Limit >> BlockShift, SmallestBlock, LargestBlock);
        return (int)Math.Clamp(most / Math.Max(1, last.Length / last.Rows), 1, SortStage.SpilledRows);
    }

    /// <summary>
    /// All rows are there. Where some worker had no room for its rows, those of the others go to a file too: merging needs some. More runs than can be merged at a
    /// time are merged to fewer.
    /// </summary>
    /// <param name="needsRoom">Whether what follows needs memory of its own: then not all of it is left to rows.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public void Prepare(bool needsRoom, CancellationToken cancellationToken)
    {
        var isFull = needsRoom && reservations.Sum(static reservation => reservation.Bytes) > Context.Budget.Limit / 2;
        if ((files.Count == 0 && !isFull) || IsTop)
        {
            return;
        }
        var kept = runs.Where(static run => run.File is null).ToArray();
        if (kept.Length > 0)
        {
            using var spiller = new SortSpiller(this, CreateFile());
            foreach (var run in kept)
            {
                spiller.Write(run, cancellationToken);
            }
            foreach (var run in kept)
            {
                run.Reservation?.Shrink(run.Reservation.Bytes);
            }
        }
        while (runs.Count > 2 && MostRuns() is var most && runs.Count > most)
        {
            MergeRuns(most, cancellationToken);
        }
    }

    /// <summary>How many runs may be merged at a time: their blocks, which take about twice their bytes in the file, get a quarter of the memory.</summary>
    private int MostRuns()
    {
        var largest = runs.Max(static run => run.BatchBytes);
        return (int)Math.Clamp((Context.Budget.Limit >> 2) / ((2L * largest) + (Store.Types.Count * ColumnBytes)), 2, int.MaxValue);
    }

    /// <summary>One pass over all rows, which leaves a run for every <paramref name="most"/>.</summary>
    private void MergeRuns(int most, CancellationToken cancellationToken)
    {
        SpillFile[] read = [.. files];
        SortRun[][] groups = [.. runs.Chunk(most)];
        var file = CreateFile();
        using var spiller = new SortSpiller(this, file);
        using var entries = new NativeList<SortEntry>();
        entries.Resize(SortStage.SpilledRows, default);
        foreach (var group in groups)
        {
            var merged = new SortRun();
            runs.Add(merged);
            var rows = group.Min(static run => run.BatchRows);
            using (var merger = new SortMerger(this, group))
            {
                for (int count; (count = merger.Next(entries.Span[..rows])) > 0; merger.FreePassed())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    spiller.Append(merged, entries.Span[..count]);
                }
            }
            foreach (var run in group)
            {
                runs.Remove(run);
                run.Dispose();
            }
        }
        foreach (var done in read)
        {
            files.Remove(done);
            done.Dispose();
        }
    }

    public SpillFile CreateFile()
    {
        var file = new SpillFile(Context, Statistics, Name);
        lock (gate)
        {
            files.Add(file);
        }
        return file;
    }

    /// <summary>A file is not needed any more.</summary>
    public void Release(SpillFile file)
    {
        lock (gate)
        {
            files.Remove(file);
        }
        file.Dispose();
    }

    public MemoryReservation Reserve()
    {
        var reservation = new MemoryReservation(Context.Budget, Name);
        lock (gate)
        {
            reservations.Add(reservation);
        }
        return reservation;
    }

    public void Dispose()
    {
        foreach (var run in runs)
        {
            run.Dispose();
        }
        runs.Clear();
        foreach (var file in files)
        {
            file.Dispose();
        }
        Store.Dispose();
        foreach (var reservation in reservations)
        {
            reservation.Dispose();
        }
    }
}

/// <summary>The last row that a top-n keeps so far.</summary>
/// <param name="Entry">Its entry; the id means nothing.</param>
internal sealed record TopBound(SortEntry Entry);
