using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.SetOperations;

/// <summary>
/// Gets each distinct row of both sides with its numbers of occurrences, left and right, and gives it out as often as the operation says:
/// without ALL at most once, with ALL the smaller number (INTERSECT) or what the left side has more (EXCEPT).
/// </summary>
internal sealed unsafe class SetOperationStage : Operator
{
    private readonly bool isIntersect;
    private readonly bool all;
    private readonly int batchSize;
    private readonly Batch output;
    private readonly Selection kept = new();
    private readonly NativeList<long> repeats = new();
    private readonly NativeList<int> rows = new();
    private readonly VectorTaker[] takers;
    private Batch? input;
    private int nextRow;

    public SetOperationStage(bool isIntersect, bool all, Schema schema, QueryContext context, OperatorStatistics statistics)
        : base(statistics)
    {
        this.isIntersect = isIntersect;
        this.all = all;
        batchSize = context.Options.BatchSize;
        output = new Batch(schema, new Vector[schema.Count]);
        takers = [.. schema.Fields.Select(static field => new VectorTaker(field.Type))];
    }

    protected override Flow Process(Batch batch, WorkerContext worker)
    {
        if (Count(batch) <= 1)
        {
            batch.Columns.AsSpan(0, takers.Length).CopyTo(output.Columns);
            output.RowCount = batch.RowCount;
            output.Selection = kept;
            return Emit(output, worker);
        }
        input = batch;
        nextRow = 0;
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
        kept.Dispose();
        repeats.Dispose();
        rows.Dispose();
        foreach (var taker in takers)
        {
            taker.Dispose();
        }
    }

    /// <summary>Finds the rows of the result and how often each comes; gives the largest number.</summary>
    private long Count(Batch batch)
    {
        var left = ((FlatVector<long>)batch.Columns[^2]).Values;
        var right = ((FlatVector<long>)batch.Columns[^1]).Values;
        repeats.EnsureCapacity(batch.RowCount);
        repeats.Count = 0;
        kept.Count = 0;
        var most = 0L;
        for (var i = 0; i < batch.SelectedCount; i++)
        {
            var row = batch.Selection is { } selection ? selection.Rows[i] : i;
            var times = (isIntersect, all) switch
            {
                (true, true) => Math.Min(left[row], right[row]),
                (false, true) => left[row] - right[row],
                (true, false) => left[row] > 0 && right[row] > 0 ? 1 : 0,
                _ => left[row] > 0 && right[row] == 0 ? 1 : 0,
            };
            if (times > 0)
            {
                kept.Rows[kept.Count++] = row;
                repeats.Add(times);
                most = Math.Max(most, times);
            }
        }
        return most;
    }

    private Flow Pump(WorkerContext worker)
    {
        while (input is not null && nextRow < kept.Count)
        {
            worker.ThrowIfCancelled();
            rows.Count = 0;
            while (nextRow < kept.Count && rows.Count < batchSize)
            {
                ref var left = ref repeats[nextRow];
                var piece = Math.Min(left, batchSize - rows.Count);
                left -= piece;
                rows.Resize(rows.Count + (int)piece, kept.Rows[nextRow]);
                nextRow += left == 0 ? 1 : 0;
            }
            for (var i = 0; i < takers.Length; i++)
            {
                output.Columns[i] = takers[i].Take(input.Columns[i], rows.Items, rows.Count);
            }
            output.RowCount = rows.Count;
            output.Selection = null;
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
}
