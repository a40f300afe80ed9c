using Micromegas.Columnar;

namespace Micromegas.Engine.Execution;

/// <summary>
/// A stage of the engine's own: knows the stage behind it, counts rows and measures its own time in runs that are profiled. Sinks have nothing behind them.
/// </summary>
internal abstract class Operator : Stage
{
    private readonly OperatorStatistics statistics;
    private Stage? next;
    private long elsewhere;

    protected Operator(OperatorStatistics statistics) => this.statistics = statistics;

    /// <summary>The stage that takes this one's rows.</summary>
    public Stage Next
    {
        get => next ?? throw new InvalidOperationException($"Nothing stands behind {GetType().Name}.");
        set => next = value;
    }

    public sealed override Flow Push(Batch batch, WorkerContext worker)
    {
        var start = Enter();
        var flow = Process(batch, worker);
        Leave(start);
        return flow;
    }

    public sealed override Flow Resume(WorkerContext worker)
    {
        var start = Enter();
        var flow = Continue(worker);
        Leave(start);
        return flow;
    }

    public sealed override Flow Finish(WorkerContext worker)
    {
        var start = Enter();
        var flow = Complete(worker);
        Leave(start);
        return flow;
    }

    /// <summary>Takes a batch.</summary>
    protected abstract Flow Process(Batch batch, WorkerContext worker);

    /// <summary>Goes on after Full.</summary>
    protected virtual Flow Continue(WorkerContext worker) => next is null ? Flow.Continue : ResumeNext(worker);

    /// <summary>The input has ended.</summary>
    protected virtual Flow Complete(WorkerContext worker) => next is null ? Flow.Continue : FinishNext(worker);

    /// <summary>Hands a batch on.</summary>
    protected Flow Emit(Batch batch, WorkerContext worker)
    {
        var count = batch.SelectedCount;
        if (count == 0)
        {
            return Flow.Continue;
        }
        statistics.CountRows(count);
        var start = statistics.Now();
        var flow = Next.Push(batch, worker);
        elsewhere += statistics.Now() - start;
        return flow;
    }

    protected Flow ResumeNext(WorkerContext worker)
    {
        var start = statistics.Now();
        var flow = Next.Resume(worker);
        elsewhere += statistics.Now() - start;
        return flow;
    }

    protected Flow FinishNext(WorkerContext worker)
    {
        var start = statistics.Now();
        var flow = Next.Finish(worker);
        elsewhere += statistics.Now() - start;
        return flow;
    }

    private long Enter()
    {
        elsewhere = 0;
        return statistics.Now();
    }

    private void Leave(long start) => statistics.CountTicks(statistics.Now() - start - elsewhere);
}
