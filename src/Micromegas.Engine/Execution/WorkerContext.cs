namespace Micromegas.Engine.Execution;

/// <summary>What a stage gets of the pipeline instance that runs it. One at a time: an instance never runs on two workers at once.</summary>
public sealed class WorkerContext
{
    private readonly CancellationToken cancellationToken;
    private readonly WorkItem? item;

    public WorkerContext(QueryContext query, int index)
        : this(query, index, null, query.CancellationToken)
    {
    }

    internal WorkerContext(QueryContext query, int index, WorkItem? item, CancellationToken cancellationToken)
    {
        Query = query;
        Index = index;
        this.cancellationToken = cancellationToken;
        this.item = item;
    }

    public QueryContext Query { get; }

    /// <summary>Number of the pipeline instance, from 0 to the pipeline's parallelism - 1.</summary>
    public int Index { get; }

    /// <summary>Cancelled with the statement, and when it failed or nobody wants its result any more.</summary>
    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>Raises <see cref="OperationCanceledException"/> when the statement was cancelled, has failed or was disposed.</summary>
    public void ThrowIfCancelled() => cancellationToken.ThrowIfCancellationRequested();

    /// <summary>
    /// Says that a stage which answered <see cref="Flow.Full"/> has room again: its pipeline instance, parked or about to park, is resumed.
    /// May be called from any thread, any number of times.
    /// </summary>
    public void Signal() => item?.Signal();
}
