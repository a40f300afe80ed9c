using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators.Sorting;

/// <summary>
/// Delivers the rows of sorted morsels in their order, one reader after the other; only where morsels overlap their rows are merged. Nothing is kept but the batches at
/// hand, and nothing is read of what comes after the last row that somebody wants.
/// </summary>
internal sealed class MergeSource(SortedPieces pieces, IReadOnlyList<PlanColumn> order, IReadOnlyList<PlanColumn> columns, QueryContext context) : PipelineSource
{
    // Enough that the next row group is there when the one before is read.
    private const int FetchedAhead = 2;

    private readonly Lock gate = new();
    private readonly List<Task> fetches = [];
    private readonly HashSet<int> fetched = [];
    private PipelineRun? run;
    private CancellationTokenSource? stop;
    private WorkerContext? waiting;

    public override int MaxParallelism => 1;

    public override void Start(PipelineRun run)
    {
        this.run = run;
        stop = CancellationTokenSource.CreateLinkedTokenSource(run.CancellationToken);
        FetchUpTo(FetchedAhead);
    }

    public override SourceReader CreateReader() => new MergeReader(this, order, columns, context);

    public override void Stop() => stop?.Cancel();

    public override async ValueTask DisposeAsync()
    {
        if (stop is not null)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(fetches).ConfigureAwait(false);
            stop.Dispose();
            stop = null;
        }
        pieces.Dispose();
    }

    internal bool IsStopped => stop!.IsCancellationRequested;

    internal int Count => pieces.Count;

    internal Int128 FirstOf(int index) => pieces.FirstOf(index);

    /// <summary>The next morsel, when it is fetched; otherwise the worker is signalled when it is.</summary>
    internal Morsel? TryTake(int index, WorkerContext worker)
    {
        lock (gate)
        {
            if (!fetched.Contains(index))
            {
                waiting = worker;
                return null;
            }
        }
        FetchUpTo(index + 1 + FetchedAhead);
        return pieces.Take();
    }

    private void FetchUpTo(int count)
    {
        while (fetches.Count < Math.Min(count, pieces.Count))
        {
            var (index, morsel, token) = (fetches.Count, pieces[fetches.Count], stop!.Token);
            fetches.Add(Task.Run(() => FetchAsync(index, morsel, token), CancellationToken.None));
        }
    }

    private async Task FetchAsync(int index, Morsel morsel, CancellationToken cancellationToken)
    {
        var before = MemoryBudget.Current;
        MemoryBudget.Current = context.Budget;
        ValueTask bytes;
        try
        {
            bytes = morsel.PrefetchAsync(cancellationToken);
        }
        finally
        {
            MemoryBudget.Current = before;
        }
        try
        {
            await bytes.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception)
        {
            run!.Fail(exception);
            return;
        }
        WorkerContext? woken;
        lock (gate)
        {
            fetched.Add(index);
            woken = waiting;
            waiting = null;
        }
        woken?.Signal();
    }
}

/// <summary>Merges: the cursor with the smallest row gives all rows up to that of the next one.</summary>
internal sealed class MergeReader : SourceReader
{
    private readonly MergeSource source;
    private readonly SortKey[] keys;
    private readonly IReadOnlyList<PlanColumn> columns;
    private readonly QueryContext context;
    private readonly BatchBuilder merged;
    private readonly List<MergeCursor> open = [];
    private readonly int firstKey;
    private Batch? owned;
    private MergeCursor? shown;
    private int next;

    public MergeReader(MergeSource source, IReadOnlyList<PlanColumn> order, IReadOnlyList<PlanColumn> columns, QueryContext context)
    {
        this.source = source;
        this.columns = columns;
        this.context = context;
        keys = [.. order.Select(static column => new SortKey(new BoundColumn(column), false, false))];
        firstKey = columns.ToList().IndexOf(order[0]);
        merged = new BatchBuilder(new Schema(columns.Select(static column => column.ToField()).ToArray()));
    }

    public override Supply Next(WorkerContext worker, out Batch? batch)
    {
        Free();
        batch = null;
        for (;;)
        {
            worker.ThrowIfCancelled();
            if (source.IsStopped)
            {
                return Supply.End;
            }
            if (shown is not null)
            {
                var cursor = shown;
                shown = null;
                Advance(cursor, worker);
                continue;
            }
            if (!OpenNeeded(worker))
            {
                return Supply.Wait;
            }
            if (open.Count == 0)
            {
                return Deliver(out batch);
            }
            var top = open[0];
            var end = open.Count == 1 ? top.Count : top.CountUpTo(open[1]);
            if (top.Position == 0 && end == top.Count && merged.RowCount == 0)
            {
                // Nothing lies in between: the batch goes as it is.
                shown = top;
                batch = top.Batch;
                Count(worker, end);
                return Supply.Ready;
            }
            merged.Append(top.Batch, top.Rows(end));
            top.Position = end;
            if (end == top.Count)
            {
                Advance(top, worker);
            }
            else
            {
                Sink();
            }
            if (merged.RowCount >= context.Options.BatchSize)
            {
                var supply = Deliver(out batch);
                Count(worker, batch!.RowCount);
                return supply;
            }
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        Free();
        foreach (var cursor in open)
        {
            cursor.Dispose();
        }
        open.Clear();
        merged.Dispose();
    }

    private static void Count(WorkerContext worker, int rows) => Interlocked.Add(ref worker.Query.Statistics.RowsScanned, rows);

    /// <summary>Opens every morsel that may have a row before the end of the batch at hand; false when one of them is not fetched yet.</summary>
    private bool OpenNeeded(WorkerContext worker)
    {
        while (next < source.Count && (open.Count == 0 || source.FirstOf(next) <= open[0].LastKey))
        {
            if (source.TryTake(next, worker) is not { } morsel)
            {
                return false;
            }
            var cursor = new MergeCursor(morsel, next++, keys, columns, firstKey, context);
            open.Insert(0, cursor);
            Advance(cursor, worker);
        }
        return true;
    }

    /// <summary>Goes to a cursor's next batch, or closes it; it stands first.</summary>
    private void Advance(MergeCursor cursor, WorkerContext worker)
    {
        worker.ThrowIfCancelled();
        if (cursor.MoveNext())
        {
            Sink();
            return;
        }
        open.RemoveAt(0);
        cursor.Dispose();
    }

    /// <summary>Moves the first cursor behind those with smaller rows.</summary>
    private void Sink()
    {
        var cursor = open[0];
        var place = 1;
        while (place < open.Count && open[place].CompareTo(cursor) < 0)
        {
            open[place - 1] = open[place];
            place++;
        }
        open[place - 1] = cursor;
    }

    private Supply Deliver(out Batch? batch)
    {
        batch = null;
        if (merged.RowCount == 0)
        {
            return Supply.End;
        }
        batch = owned = merged.Build();
        return Supply.Ready;
    }

    private void Free()
    {
        foreach (var column in owned?.Columns ?? [])
        {
            column.Dispose();
        }
        owned = null;
    }
}
