using Micromegas.Columnar;
using Micromegas.Engine.Plans.Physical;

namespace Micromegas.Engine.Execution;

/// <summary>
/// The rows of a running statement. One reader at a time. Rows come in the plan's order where it has one. Disposal stops what still runs and
/// returns when nothing of the statement is left.
/// </summary>
public sealed class QueryResult : IAsyncDisposable
{
    private readonly PhysicalPlan plan;
    private readonly QueryExecution execution;
    private Task? run;
    private Batch? current;
    private bool disposed;

    internal QueryResult(PhysicalPlan plan, QueryExecution execution)
    {
        this.plan = plan;
        this.execution = execution;
        // Who will block begins with the first read, and computes on the thread that would wait.
        if (!BlockedCaller.IsHere)
        {
            run = execution.RunOnWorkerAsync(plan);
        }
    }

    public Schema Schema => plan.Schema;

    public QueryStatistics Statistics => execution.Context.Statistics;

    /// <summary>The plan's nodes with what each has done so far; only a run that is profiled counts rows and times.</summary>
    public OperatorProfile Profile => plan.ToProfile();

    /// <summary>The next batch, valid until the next call or disposal; <see langword="null"/> at the end.</summary>
    /// <param name="cancellationToken">Ends the wait; the statement goes on.</param>
    /// <exception cref="EngineException">The statement or its data are at fault.</exception>
    /// <exception cref="MemoryLimitException">The budget does not suffice.</exception>
    /// <exception cref="OperationCanceledException">The statement or the wait was cancelled.</exception>
    public async ValueTask<Batch?> ReadAsync(CancellationToken cancellationToken)
    {
        Release();
        if (BlockedCaller.IsHere)
        {
            return current = Read(cancellationToken);
        }
        run ??= execution.RunOnWorkerAsync(plan);
        return current = await execution.Queue.ReadAsync(cancellationToken).ConfigureAwait(false);
    }

    private Batch? Read(CancellationToken cancellationToken)
    {
        // What the thread computes may ask questions of its own, which must not block it.
        var before = BlockedCaller.Say(false);
        try
        {
            return execution.Read(run is null ? () => run = execution.RunAsync(plan) : null, cancellationToken);
        }
        finally
        {
            BlockedCaller.Say(before);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }
        disposed = true;
        execution.Cancel();
        if (run is not null)
        {
            await run.ConfigureAwait(false);
        }
        execution.Release();
        Release();
        foreach (var batch in execution.Queue.Drain())
        {
            batch.DisposeColumns();
        }
    }

    private void Release()
    {
        if (current is { } batch)
        {
            current = null;
            batch.DisposeColumns();
        }
    }
}
