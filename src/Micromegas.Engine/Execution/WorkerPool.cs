namespace Micromegas.Engine.Execution;

/// <summary>
/// The threads on which all statements compute. Statements are served in turn; work runs in slices of a few milliseconds, and work that
/// cannot go on is parked without a thread, so readers that stopped reading cost no worker (design.md §4).
/// </summary>
public sealed class WorkerPool : IDisposable
{
    private static readonly Lazy<WorkerPool> LazyShared = new(static () => new WorkerPool(Environment.ProcessorCount));

    private readonly Lock gate = new();
    private readonly Queue<WorkGroup> ready = [];
    private readonly SemaphoreSlim wake = new(0);
    private readonly Thread[] threads;
    private readonly WorkGroup single;
    private int sleeping;
    private bool disposed;

    /// <param name="threads">Workers, at least 1.</param>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        single = new WorkGroup(this, threads);
        this.threads = new Thread[threads];
        for (var i = 0; i < threads; i++)
        {
            this.threads[i] = new Thread(Work) { IsBackground = true, Name = $"Micromegas worker {i}" };
            this.threads[i].Start();
        }
    }

    /// <summary>The pool of the process, with a worker a core.</summary>
    public static WorkerPool Shared => LazyShared.Value;

    public int ThreadCount => threads.Length;

    /// <summary>Runs CPU work on a worker. For pieces of some milliseconds: they are not sliced.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before the work began, or the work raised it.</exception>
    public Task RunAsync(Action work, CancellationToken cancellationToken) =>
        RunAsync(
            () =>
            {
                work();
                return true;
            },
            cancellationToken);

    /// <inheritdoc cref="RunAsync(Action, CancellationToken)"/>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        var item = new FunctionItem<T>(single, work, cancellationToken);
        item.Signal();
        return item.Task;
    }

    /// <summary>Lets running slices end and ends the threads. Work that is still queued never runs.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (disposed)
            {
                return;
            }
            disposed = true;
        }
        wake.Release(threads.Length);
        foreach (var thread in threads)
        {
            if (thread != Thread.CurrentThread)
            {
                thread.Join();
            }
        }
        wake.Dispose();
    }

    internal void Enqueue(WorkGroup group, WorkItem item)
    {
        bool mustWake;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            group.Ready.Enqueue(item);
            Offer(group);
            mustWake = sleeping > 0;
            if (mustWake)
            {
                sleeping--;
            }
        }
        if (mustWake)
        {
            wake.Release();
        }
    }

    private void Offer(WorkGroup group)
    {
        if (!group.IsQueued && group.MayRun)
        {
            group.IsQueued = true;
            ready.Enqueue(group);
        }
    }

    private void Work()
    {
        while (Take() is var (group, item))
        {
            item.Run();
            lock (gate)
            {
                group.Running--;
                Offer(group);
            }
        }
    }

    private (WorkGroup Group, WorkItem Item)? Take()
    {
        for (;;)
        {
            lock (gate)
            {
                if (disposed)
                {
                    return null;
                }
                while (ready.TryDequeue(out var group))
                {
                    group.IsQueued = false;
                    if (group.MayRun)
                    {
                        var item = group.Ready.Dequeue();
                        group.Running++;
                        Offer(group);
                        return (group, item);
                    }
                }
                sleeping++;
            }
            wake.Wait();
        }
    }

    private sealed class FunctionItem<T>(WorkGroup group, Func<T> work, CancellationToken cancellationToken) : WorkItem(group)
    {
        private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Task => completion.Task;

        protected override SliceEnd RunSlice()
        {
            var before = Interruption.Enter(null, cancellationToken);
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                completion.SetResult(work());
            }
            catch (OperationCanceledException canceled)
            {
                completion.SetCanceled(canceled.CancellationToken);
            }
            catch (Exception exception)
            {
                completion.SetException(exception);
            }
            finally
            {
                Interruption.Leave(before);
            }
            return SliceEnd.Completed;
        }
    }
}
