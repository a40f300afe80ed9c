namespace Micromegas.Engine.Execution;

/// <summary>A pipeline with its sink, running: its tasks and how they ended. The first error stops the others.</summary>
internal sealed class PipelineRun
{
    // Who waits goes on at once, on the worker whose task was the last to end.
    private readonly TaskCompletionSource completion = new();
    private readonly QueryExecution execution;
    private readonly List<PipelineTask> tasks = [];
    private CancellationTokenRegistration registration;
    private int remaining;

    private PipelineRun(QueryExecution execution) => this.execution = execution;

    public QueryContext Context => execution.Context;

    public WorkGroup Group => execution.Group;

    public CancellationToken CancellationToken => execution.CancellationToken;

    /// <summary>Runs a pipeline to its end and frees its stages and sources.</summary>
    public static async Task RunAsync(QueryExecution execution, Pipeline pipeline, StageFactory sink)
    {
        var run = new PipelineRun(execution);
        try
        {
            run.Start(pipeline, sink);
            await run.completion.Task.ConfigureAwait(false);
        }
        finally
        {
            await run.registration.DisposeAsync().ConfigureAwait(false);
            foreach (var task in run.tasks)
            {
                task.DisposeStages();
            }
            foreach (var branch in pipeline.Branches)
            {
                await branch.Source.DisposeAsync().ConfigureAwait(false);
            }
        }
        execution.ThrowIfFailed();
        execution.CancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Reports an error from outside the tasks: a source that cannot deliver.</summary>
    public void Fail(Exception exception) => execution.Fail(exception);

    internal void TaskEnded(Exception? exception)
    {
        if (exception is not null)
        {
            execution.Fail(exception);
        }
        if (Interlocked.Decrement(ref remaining) == 0)
        {
            completion.SetResult();
        }
    }

    private void Start(Pipeline pipeline, StageFactory sink)
    {
        foreach (var branch in pipeline.Branches)
        {
            branch.Source.Start(this);
            var parallelism = Math.Min(branch.MaxParallelism, Group.Parallelism);
            for (var i = 0; i < parallelism; i++)
            {
                var task = new PipelineTask(this, branch, tasks.Count);
                tasks.Add(task);
                task.Build(sink);
            }
        }
        remaining = tasks.Count;
        // A parked task must run once more to see that it is cancelled.
        registration = CancellationToken.UnsafeRegister(static run => ((PipelineRun)run!).SignalAll(isHere: false), this);
        SignalAll(Context.Workers.IsHere);
        foreach (var branch in pipeline.Branches)
        {
            branch.Source.Feed();
        }
    }

    /// <param name="isHere">Whether the thread computes for the pool: it takes the first task itself.</param>
    private void SignalAll(bool isHere)
    {
        foreach (var task in tasks)
        {
            task.Signal(isHere);
            isHere = false;
        }
    }
}
