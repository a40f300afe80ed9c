using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators;

/// <summary>
/// Computes calls that wait for something outside. Some rows of a batch at a time are begun; until they have come the pipeline is parked, and its worker does something else.
/// </summary>
internal sealed unsafe class AsyncCallsStage : Operator
{
    // What waits may be large: a whole batch of it need not be in memory at once.
    private const int RowsAtOnce = 128;

    private readonly VectorExpression[] calls;
    private readonly AsyncVectorExpression[] waiting;
    private readonly Selection piece = new(RowsAtOnce);
    private readonly Batch output;
    private Batch? input;
    private Task? pending;
    private int next;

    public AsyncCallsStage(LogicalAsyncCalls calls, IReadOnlyList<PlanColumn> input, Schema schema, QueryContext context, OperatorStatistics statistics)
        : base(statistics)
    {
        this.calls = [.. calls.Calls.Select(call => ExpressionCompiler.Compile(call.Expression, input, context))];
        waiting = [.. this.calls.Select(static call => (AsyncVectorExpression)(call is LocatedExpression located ? located.Inner : call))];
        output = new Batch(schema, new Vector[schema.Count]);
    }

    protected override Flow Process(Batch batch, WorkerContext worker)
    {
        input = batch;
        next = 0;
        return Pump(worker);
    }

    protected override Flow Continue(WorkerContext worker)
    {
        if (pending is null)
        {
            var flow = ResumeNext(worker);
            if (flow != Flow.Continue)
            {
                return Stop(flow);
            }
        }
        return Pump(worker);
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var call in calls)
        {
            call.Dispose();
        }
        piece.Dispose();
    }

    private Flow Pump(WorkerContext worker)
    {
        while (pending is not null || Begin(worker))
        {
            worker.ThrowIfCancelled();
            if (!pending!.IsCompleted)
            {
                // Signalled when it has completed; a signal for another reason finds it as it is.
                return Flow.Full;
            }

            // What failed says so when it is evaluated.
            pending = null;
            var flow = Deliver(worker);
            if (flow != Flow.Continue)
            {
                return Stop(flow);
            }
        }
        input = null;
        return Flow.Continue;
    }

    /// <summary>Starts the next rows; false when there are no more.</summary>
    private bool Begin(WorkerContext worker)
    {
        if (input is null || next >= input.SelectedCount)
        {
            return false;
        }
        piece.Count = Math.Min(RowsAtOnce, input.SelectedCount - next);
        for (var i = 0; i < piece.Count; i++, next++)
        {
            piece.Rows[i] = input.Selection is { } selection ? selection.Rows[next] : next;
        }
        pending = Task.WhenAll(waiting.Select(call => call.PrepareAsync(input, piece)));
        if (!pending.IsCompleted)
        {
            pending.ContinueWith(static (_, state) => ((WorkerContext)state!).Signal(), worker, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
        return true;
    }

    private Flow Deliver(WorkerContext worker)
    {
        input!.Columns.CopyTo(output.Columns, 0);
        for (var i = 0; i < calls.Length; i++)
        {
            output.Columns[input.Columns.Length + i] = calls[i].Evaluate(input, piece);
        }
        output.RowCount = input.RowCount;
        output.Selection = piece;
        return Emit(output, worker);
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
