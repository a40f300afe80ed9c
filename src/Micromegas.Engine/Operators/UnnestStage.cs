using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators;

/// <summary>
/// Gives a row for each item of the lists of a row: the lists run in parallel, shorter ones padded with NULL. Rows stop at Full in the middle of a list
/// and go on there.
/// </summary>
internal sealed unsafe class UnnestStage : Operator
{
    /// <summary>Long texts beside a long list are repeated no further than this in one batch.</summary>
    private const long MaxBatchBytes = 16L << 20;

    private readonly UnnestItems[] lists;
    private readonly VectorTaker[] takers;
    private readonly bool isOuter;
    private readonly FlatVector<long>? ordinality;
    private readonly NativeList<int> parents = new();
    private readonly NativeList<long> ordinals = new();
    private readonly MemoryReservation reservation;
    private readonly Batch output;
    private readonly int batchSize;
    private Batch? input;
    private int nextRow;
    private long nextItem;
    private long items;
    private long parentBytes;

    public UnnestStage(LogicalUnnest unnest, IReadOnlyList<PlanColumn> input, Schema schema, QueryContext context, string name, OperatorStatistics statistics)
        : base(statistics)
    {
        lists = [.. unnest.Lists.Select((list, i) => UnnestItems.Create(list, unnest.Items[i].Type, input, context))];
        takers = [.. input.Select(static column => new VectorTaker(column.Type))];
        isOuter = unnest.Outer;
        ordinality = unnest.Ordinality is null ? null : new FlatVector<long>(DataType.Int64);
        reservation = new MemoryReservation(context.Budget, name);
        output = new Batch(schema, new Vector[schema.Count]);
        batchSize = context.Options.BatchSize;
    }

    protected override Flow Process(Batch batch, WorkerContext worker)
    {
        input = batch;
        nextRow = 0;
        nextItem = 0;
        foreach (var list in lists)
        {
            list.Evaluate(batch);
        }
        return Pump(worker);
    }

    protected override Flow Continue(WorkerContext worker)
    {
        var flow = ResumeNext(worker);
        return flow == Flow.Continue ? Pump(worker) : Stop(flow);
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var list in lists)
        {
            list.Dispose();
        }
        foreach (var taker in takers)
        {
            taker.Dispose();
        }
        ordinality?.Dispose();
        parents.Dispose();
        ordinals.Dispose();
        reservation.Dispose();
    }

    private Flow Pump(WorkerContext worker)
    {
        while (input is not null && Collect(input))
        {
            worker.ThrowIfCancelled();
            Take(input);
            var flow = Emit(output, worker);
            if (flow != Flow.Continue)
            {
                return Stop(flow);
            }
        }
        input = null;
        return Flow.Continue;
    }

    private Flow Stop(Flow flow)
    {
        if (flow == Flow.Done)
        {
            input = null;
        }
        return flow;
    }

    /// <summary>Lists the rows of the next batch; false when the input is used up.</summary>
    private bool Collect(Batch batch)
    {
        parents.Count = 0;
        ordinals.Count = 0;
        foreach (var list in lists)
        {
            list.Clear();
        }
        var bytes = 0L;
        for (var count = batch.SelectedCount; nextRow < count && parents.Count < batchSize && bytes < MaxBatchBytes;)
        {
            var row = batch.Selection is { } selection ? selection.Rows[nextRow] : nextRow;
            if (nextItem == 0)
            {
                Enter(batch, row);
            }
            var piece = (int)Math.Min(items - nextItem, batchSize - parents.Count);
            if (parentBytes > 0)
            {
                piece = (int)Math.Min(piece, Math.Max(1, (MaxBatchBytes - bytes) / parentBytes));
            }
            Add(row, piece);
            bytes += piece * parentBytes;
            nextItem += piece;
            if (nextItem >= items)
            {
                nextRow++;
                nextItem = 0;
            }
        }
        return parents.Count > 0;
    }

    private void Enter(Batch batch, int row)
    {
        items = 0;
        foreach (var list in lists)
        {
            items = Math.Max(items, list.Enter(row));
        }
        if (items == 0 && isOuter)
        {
            items = 1;
        }
        parentBytes = 0;
        foreach (var column in batch.Columns)
        {
            if (column is BinaryVector binary)
            {
                parentBytes += binary.Offsets[row + 1] - binary.Offsets[row];
            }
        }
    }

    private void Add(int row, int count)
    {
        parents.EnsureCapacity(parents.Count + count);
        for (var i = 0; i < count; i++)
        {
            parents.Add(row);
        }
        foreach (var list in lists)
        {
            list.Add(nextItem, count);
        }
        if (ordinality is not null)
        {
            var isPadding = isOuter && lists.All(static list => list.Length == 0);
            for (var i = 1; i <= count; i++)
            {
                ordinals.Add(isPadding ? 0 : nextItem + i);
            }
        }
    }

    private void Take(Batch batch)
    {
        var count = parents.Count;
        var held = 0L;
        for (var i = 0; i < takers.Length; i++)
        {
            output.Columns[i] = takers[i].Take(batch.Columns[i], parents.Items, count);
            held += output.Columns[i].OwnedBytes;
        }
        for (var i = 0; i < lists.Length; i++)
        {
            var column = takers.Length + i;
            output.Columns[column] = lists[i].Take(count);
            held += output.Columns[column].OwnedBytes;
        }
        if (ordinality is not null)
        {
            TakeOrdinals(count);
            output.Columns[^1] = ordinality;
        }
        if (!reservation.TryResize(held))
        {
            reservation.Grow(held - reservation.Bytes);
        }
        output.RowCount = count;
    }

    private void TakeOrdinals(int count)
    {
        ordinality!.Prepare(count);
        ordinals.Span.CopyTo(ordinality.Span);
        if (ordinals.Span.Contains(0))
        {
            var bits = ordinality.PrepareValidity(count);
            for (var i = 0; i < count; i++)
            {
                Bitmap.Assign(bits, i, ordinals[i] != 0);
            }
        }
    }
}
