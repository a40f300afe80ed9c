using System.Diagnostics;
using Micromegas.Columnar;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Engine.Plans.Physical;

namespace Micromegas.Engine.Execution;

/// <summary>
/// One run of one statement: makes the physical plan, runs its pipelines one after the other as their dependencies demand, and ends the
/// result. Whatever the run holds is freed when it ends, however it ends.
/// </summary>
public sealed class QueryExecution
{
    private readonly CancellationTokenSource cancellation;
    private readonly Lock gate = new();
    private readonly List<IDisposable> owned = [];
    private Exception? failure;

    private QueryExecution(QueryContext context, WorkerPool pool)
    {
        Context = context;
        context.Workers = pool;
        Group = new WorkGroup(pool, Math.Min(context.Options.Threads, pool.ThreadCount));
        cancellation = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        CancellationToken = cancellation.Token;
        Queue = new ResultQueue((2 * Group.Parallelism) + 2, Group);
    }

    public QueryContext Context { get; }

    /// <summary>Cancelled with the statement, by the first error, and when the result is disposed.</summary>
    public CancellationToken CancellationToken { get; }

    internal WorkGroup Group { get; }

    internal ResultQueue Queue { get; }

    /// <summary>Starts a statement. The result can be read at once; the plan must not be run twice with the same context.</summary>
    /// <param name="plan">An optimized plan.</param>
    /// <param name="context">The statement.</param>
    /// <param name="pool">The workers.</param>
    /// <param name="isProfiled">Whether rows and times of the plan's nodes are counted (<see cref="QueryResult.Profile"/>).</param>
    public static QueryResult Start(LogicalPlan plan, QueryContext context, WorkerPool pool, bool isProfiled = false)
    {
        var execution = new QueryExecution(context, pool);
        var physical = PhysicalPlanner.Plan(plan);
        if (isProfiled)
        {
            physical.CountRowsAndTimes();
        }
        return new QueryResult(physical, execution);
    }

    /// <summary>Begins on a worker.</summary>
    internal Task RunOnWorkerAsync(PhysicalPlan plan)
    {
        var item = new FunctionItem<Task>(Group, () => RunAsync(plan), TaskCreationOptions.RunContinuationsAsynchronously, CancellationToken.None);
        item.Signal();
        return item.Task.Unwrap();
    }

    /// <summary>The next batch, for a thread that blocks until it is there and computes meanwhile.</summary>
    /// <param name="begin">Begins the run; <see langword="null"/> when it has begun.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal Batch? Read(Action? begin, CancellationToken cancellationToken)
    {
        for (;;)
        {
            if (Queue.TryRead(out var batch))
            {
                return batch;
            }
            cancellationToken.ThrowIfCancellationRequested();
            Context.Workers.Help(Group, begin, Queue.HasNews, cancellationToken);
            begin = null;
        }
    }

    /// <summary>Runs a pipeline into a sink and waits for its end.</summary>
    internal Task RunAsync(Pipeline pipeline, StageFactory sink) => PipelineRun.RunAsync(this, pipeline, sink);

    /// <summary>Runs CPU work on a worker: at once where the thread is one.</summary>
    internal Task ComputeAsync(Action work)
    {
        if (Context.Workers.IsHere)
        {
            CancellationToken.ThrowIfCancellationRequested();
            Compute(work);
            return Task.CompletedTask;
        }
        var item = new FunctionItem<bool>(Group, () => Compute(work), TaskCreationOptions.None, CancellationToken);
        item.Signal();
        return item.Task;
    }

    /// <summary>Runs CPU work that several workers can share, on all of them, and waits until the last of them has ended it.</summary>
    internal async Task ComputeTogetherAsync(Action work)
    {
        // Where the thread is a worker it computes itself, but only once the others know.
        var others = Context.Workers.IsHere ? Group.Parallelism - 1 : Group.Parallelism;
        var items = new Task[others];
        for (var i = 0; i < others; i++)
        {
            var item = new FunctionItem<bool>(Group, () => Compute(work), TaskCreationOptions.None, CancellationToken);
            item.Signal();
            items[i] = item.Task;
        }
        Exception? error = null;
        if (others < Group.Parallelism)
        {
            try
            {
                CancellationToken.ThrowIfCancellationRequested();
                Compute(work);
            }
            catch (Exception exception)
            {
                // The others still use what they share with this one.
                error = exception;
            }
        }
        await Task.WhenAll(items).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (error is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
        }
        await Task.WhenAll(items).ConfigureAwait(false);
    }

    /// <summary>Disposes something when the run ends, at the latest. Disposing it before is welcome.</summary>
    internal T Own<T>(T resource)
        where T : IDisposable
    {
        lock (gate)
        {
            owned.Add(resource);
        }
        return resource;
    }

    /// <summary>Remembers the first error and stops everything.</summary>
    internal void Fail(Exception exception)
    {
        if (exception is OperationCanceledException && CancellationToken.IsCancellationRequested)
        {
            return;
        }
        Interlocked.CompareExchange(ref failure, exception, null);
        cancellation.Cancel();
    }

    internal void ThrowIfFailed()
    {
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Stops the run, whatever it does.</summary>
    internal void Cancel() => cancellation.Cancel();

    /// <summary>Lets go of the statement's token; the run has ended.</summary>
    internal void Release() => cancellation.Dispose();

    internal async Task RunAsync(PhysicalPlan plan)
    {
        var start = Stopwatch.GetTimestamp();
        Exception? error = null;
        try
        {
            var pipeline = await plan.OpenAsync(this).ConfigureAwait(false);
            var statistics = new OperatorStatistics();
            await RunAsync(pipeline, _ => new ResultSink(Queue, plan.Schema, statistics)).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Fail(exception);
            error = failure ?? exception;
        }
        foreach (var resource in owned)
        {
            resource.Dispose();
        }
        Context.Statistics.ExecutingTicks = Stopwatch.GetTimestamp() - start;
        Queue.End(error);
    }

    private bool Compute(Action work)
    {
        var before = Interruption.Enter(Context.Budget, CancellationToken);
        try
        {
            work();
            return true;
        }
        finally
        {
            Interruption.Leave(before);
        }
    }
}
