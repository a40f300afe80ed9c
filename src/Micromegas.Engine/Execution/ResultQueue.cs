using Micromegas.Columnar;

namespace Micromegas.Engine.Execution;

/// <summary>
/// Batches between the workers and the reader of a result. Bounded: a worker that fills it parks until the reader has taken enough,
/// so a slow reader slows its statement instead of filling memory.
/// </summary>
internal sealed class ResultQueue(int capacity)
{
    private readonly Lock gate = new();
    private readonly Queue<Batch> batches = [];
    private readonly List<WorkerContext> waiting = [];
    private TaskCompletionSource? reader;
    private Exception? error;
    private bool ended;

    /// <summary>Takes over a batch. Full means that the worker is signalled when there is room.</summary>
    public Flow Add(Batch batch, WorkerContext worker)
    {
        TaskCompletionSource? woken;
        Flow flow;
        lock (gate)
        {
            batches.Enqueue(batch);
            flow = AskForRoom(worker);
            woken = TakeReader();
        }
        woken?.SetResult();
        return flow;
    }

    /// <summary>Whether there is room again.</summary>
    public Flow Check(WorkerContext worker)
    {
        lock (gate)
        {
            return AskForRoom(worker);
        }
    }

    /// <summary>The result is complete, or has failed. The first call counts.</summary>
    public void End(Exception? exception)
    {
        TaskCompletionSource? woken;
        lock (gate)
        {
            if (!ended)
            {
                ended = true;
                error = exception;
            }
            woken = TakeReader();
        }
        woken?.SetResult();
    }

    /// <summary>The next batch, which the caller then owns; <see langword="null"/> at the end.</summary>
    public async ValueTask<Batch?> ReadAsync(CancellationToken cancellationToken)
    {
        for (;;)
        {
            Task wait;
            lock (gate)
            {
                if (ended && error is not null)
                {
                    System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
                }
                if (batches.TryDequeue(out var batch))
                {
                    WakeWorkers();
                    return batch;
                }
                if (ended)
                {
                    return null;
                }
                reader ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = reader.Task;
            }
            await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes what nobody read.</summary>
    public Batch[] Drain()
    {
        lock (gate)
        {
            Batch[] rest = [.. batches];
            batches.Clear();
            return rest;
        }
    }

    private Flow AskForRoom(WorkerContext worker)
    {
        if (batches.Count < capacity)
        {
            return Flow.Continue;
        }
        if (!waiting.Contains(worker))
        {
            waiting.Add(worker);
        }
        return Flow.Full;
    }

    private void WakeWorkers()
    {
        // Half empty, so that a worker that wakes up finds room for several batches.
        if (waiting.Count > 0 && batches.Count <= capacity / 2)
        {
            foreach (var worker in waiting)
            {
                worker.Signal();
            }
            waiting.Clear();
        }
    }

    private TaskCompletionSource? TakeReader()
    {
        var taken = reader;
        reader = null;
        return taken;
    }
}
