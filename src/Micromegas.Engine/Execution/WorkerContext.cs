namespace Micromegas.Engine.Execution;

/// <summary>What a stage gets of the worker that runs it.</summary>
public sealed class WorkerContext
{
    public WorkerContext(QueryContext query, int index)
    {
        Query = query;
        Index = index;
    }

    public QueryContext Query { get; }

    /// <summary>Number of the pipeline instance, from 0 to the statement's parallelism - 1.</summary>
    public int Index { get; }

    /// <summary>Raises <see cref="OperationCanceledException"/> when the statement was cancelled.</summary>
    public void ThrowIfCancelled() => Query.CancellationToken.ThrowIfCancellationRequested();
}
