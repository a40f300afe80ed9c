using Micromegas.Columnar;

namespace Micromegas.Engine.Execution;

/// <summary>
/// Batches between the workers and the reader of a result. Bounded: a worker that fills it parks until the reader has taken enough,
/// so a slow reader slows its statement instead of filling memory.
/// </summary>
internal sealed class ResultQueue
{
    private readonly Lock gate = new();
    private readonly Queue<Batch> batches = [];
    private readonly List<WorkerContext> waiting = [];
    private readonly int capacity;
    private readonly WorkGroup group;
    private TaskCompletionSource? reader;
    private Exception? error;
    private bool ended;

    /// <summary>Batches that wait, and one more when the result has ended: read without the lock.</summary>
    private volatile int news;

    /// <param name="capacity">Batches after which workers park.</param>
    /// <param name="group">The statement's, whose caller may compute while it waits.</param>
    public ResultQueue(int capacity, WorkGroup group)
    {
        this.capacity = capacity;
        this.group = group;
        HasNews = () => news > 0;
    }

    /// <summary>Whether <see cref="TryRead"/> finds something.</summary>
    public Func<bool> HasNews { get; }

    /// <summary>Takes over a batch. Full means that the worker is signalled when there is room.</summary>
    public Flow Add(Batch batch, WorkerContext worker)
    {
        TaskCompletionSource? woken;
        Flow flow;
        lock (gate)
        {
            batches.Enqueue(batch);
            news++;
            flow = AskForRoom(worker);
            woken = TakeReader();
        }
        woken?.SetResult();
        group.WakeCaller();
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
                news++;
            }
            woken = TakeReader();
        }
        woken?.SetResult();
        group.WakeCaller();
    }

    /// <summary>The next batch, which the caller then owns; <see langword="null"/> at the end.</summary>
    public async ValueTask<Batch?> ReadAsync(CancellationToken cancellationToken)
    {
        for (;;)
        {
            Task wait;
            lock (gate)
            {
                if (TryTake(out var batch))
                {
                    return batch;
                }
                reader ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = reader.Task;
            }
            await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The next batch, which the caller then owns, or <see langword="null"/> at the end; false when there is neither yet.</summary>
    public bool TryRead(out Batch? batch)
    {
        lock (gate)
        {
            return TryTake(out batch);
        }
    }

    /// <summary>Takes what nobody read.</summary>
    public Batch[] Drain()
    {
        lock (gate)
        {
            Batch[] rest = [.. batches];
            batches.Clear();
            news -= rest.Length;
            return rest;
        }
    }

    private bool TryTake(out Batch? batch)
    {
        if (ended && error is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
        }
        if (batches.TryDequeue(out batch))
        {
            news--;
            WakeWorkers();
            return true;
        }
        return ended;
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
