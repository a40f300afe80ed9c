using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Operators;

/// <summary>How many rows of a LIMIT are still to be skipped and taken; shared by the instances of its stage.</summary>
internal sealed class LimitCount(long offset, long? count)
{
    private readonly Lock gate = new();
    private long skip = offset;
    private long take = count ?? long.MaxValue;

    public bool IsDone => Volatile.Read(ref take) <= 0;

    /// <summary>Of the next <paramref name="rows"/> rows, which to keep: <c>Skip</c> rows are left out, then <c>Take</c> rows kept.</summary>
    public (int Skip, int Take) Claim(int rows)
    {
        lock (gate)
        {
            var skipped = (int)Math.Min(skip, rows);
            skip -= skipped;
            var taken = (int)Math.Min(take, rows - skipped);
            take -= taken;
            return (skipped, taken);
        }
    }
}

/// <summary>Skips rows, then lets some through and ends the pipeline.</summary>
internal sealed class LimitStage(LimitCount limit, Schema schema, OperatorStatistics statistics) : Operator(statistics)
{
    private readonly Selection kept = new();
    private readonly Batch output = new(schema, new Vector[schema.Count]);

    protected override unsafe Flow Process(Batch batch, WorkerContext worker)
    {
        if (limit.IsDone)
        {
            return Flow.Done;
        }
        var (skip, take) = limit.Claim(batch.SelectedCount);
        if (take == 0)
        {
            return limit.IsDone ? Flow.Done : Flow.Continue;
        }
        batch.Columns.CopyTo(output.Columns, 0);
        output.RowCount = batch.RowCount;
        if (take == batch.SelectedCount)
        {
            output.Selection = batch.Selection;
        }
        else
        {
            for (var i = 0; i < take; i++)
            {
                kept.Rows[i] = batch.Selection is { } selection ? selection.Rows[skip + i] : skip + i;
            }
            kept.Count = take;
            output.Selection = kept;
        }
        var flow = Emit(output, worker);
        return flow == Flow.Continue && limit.IsDone ? Flow.Done : flow;
    }

    protected override Flow Continue(WorkerContext worker)
    {
        var flow = ResumeNext(worker);
        return flow == Flow.Continue && limit.IsDone ? Flow.Done : flow;
    }

    public override void Dispose()
    {
        base.Dispose();
        kept.Dispose();
    }
}
