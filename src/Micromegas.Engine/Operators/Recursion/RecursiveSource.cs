using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Plans.Physical;

namespace Micromegas.Engine.Operators.Recursion;

/// <summary>
/// Runs the iterations of a recursion and delivers their rows. An iteration starts when all rows of the one before were taken, so that a LIMIT
/// ends a recursion that would never end, and no more than two iterations are held. Between iterations no worker is held either.
/// </summary>
internal sealed class RecursiveSource(QueryExecution execution, PhysicalPlan anchor, PhysicalPlan step, WorkingRows working, RecursiveRows recursion)
    : PipelineSource
{
    private readonly Lock gate = new();
    private readonly Queue<FoundRows> ready = [];
    private readonly SemaphoreSlim demand = new(0);
    private readonly OperatorStatistics statistics = new();
    private WorkerContext? waiting;
    private Task loop = Task.CompletedTask;
    private bool isRunning = true;
    private bool ended;
    private volatile bool stopped;

    public override int MaxParallelism => 1;

    public override void Start(PipelineRun run) => loop = Task.Run(() => LoopAsync(run), CancellationToken.None);

    public override SourceReader CreateReader() => new BatchPiecesReader(Take, execution.Context.Options.BatchSize);

    public override void Stop()
    {
        stopped = true;
        demand.Release();
    }

    public override async ValueTask DisposeAsync()
    {
        Stop();
        await loop.ConfigureAwait(false);
        recursion.Dispose();
        demand.Dispose();
    }

    private async Task LoopAsync(PipelineRun run)
    {
        IReadOnlyList<FoundRows> last = [];
        try
        {
            for (var plan = anchor; !stopped; plan = step)
            {
                execution.CancellationToken.ThrowIfCancellationRequested();
                working.Current = last;
                var pipeline = await plan.OpenAsync(execution).ConfigureAwait(false);
                await execution.RunAsync(pipeline, _ => new RecursiveSink(recursion, statistics)).ConfigureAwait(false);
                var found = recursion.TakeFound();
                recursion.Free(last);
                last = found;
                if (last.Count == 0)
                {
                    break;
                }
                Publish(last);
                await demand.WaitAsync(execution.CancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (execution.CancellationToken.IsCancellationRequested)
        {
            // The statement says whether that is an error.
        }
        catch (Exception exception)
        {
            run.Fail(exception);
        }
        // The reader may still look at the last rows: it ends before the source does.
        await EndAsync(last).ConfigureAwait(false);
    }

    private async Task EndAsync(IReadOnlyList<FoundRows> last)
    {
        Publish(null);
        while (!stopped)
        {
            await demand.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        }
        recursion.Free(last);
    }

    /// <summary>Makes rows ready; <see langword="null"/> = there are no more.</summary>
    private void Publish(IReadOnlyList<FoundRows>? batches)
    {
        WorkerContext? woken;
        lock (gate)
        {
            isRunning = false;
            ended |= batches is null;
            foreach (var batch in batches ?? [])
            {
                ready.Enqueue(batch);
            }
            woken = waiting;
            waiting = null;
        }
        woken?.Signal();
    }

    private Supply Take(WorkerContext worker, out FoundRows? rows)
    {
        lock (gate)
        {
            rows = null;
            if (stopped)
            {
                return Supply.End;
            }
            if (ready.TryDequeue(out rows))
            {
                return Supply.Ready;
            }
            if (ended)
            {
                return Supply.End;
            }
            waiting = worker;
            if (!isRunning)
            {
                // All rows were taken and passed on: the next iteration may begin.
                isRunning = true;
                demand.Release();
            }
            return Supply.Wait;
        }
    }
}
