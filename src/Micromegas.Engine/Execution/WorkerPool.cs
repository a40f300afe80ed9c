namespace Micromegas.Engine.Execution;

/// <summary>
/// The threads on which all statements compute. Statements are served in turn; work runs in slices of a few milliseconds, and work that
/// cannot go on is parked without a thread, so readers that stopped reading cost no worker (design.md §4). A caller that blocks until its statement has rows takes
/// the place of a worker that sleeps (<see cref="Help"/>).
/// </summary>
public sealed class WorkerPool : IDisposable
{
    private static readonly Lazy<WorkerPool> LazyShared = new(static () => new WorkerPool(Environment.ProcessorCount));

    /// <summary>The pool that the thread computes for at the moment.</summary>
    [ThreadStatic]
    private static WorkerPool? current;

    private readonly Lock gate = new();
    private readonly Queue<WorkGroup> ready = [];
    private readonly SemaphoreSlim wake = new(0);
    private readonly Thread[] threads;
    private readonly WorkGroup single;
    private int sleeping;

    /// <summary>Callers that run an item, each in the place of a worker that sleeps.</summary>
    private int helping;
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

    /// <summary>Workers that wait for work.</summary>
    internal int SleepingCount => Volatile.Read(ref sleeping);

    /// <summary>Whether the current thread runs work of this pool, and looks for more when that has ended.</summary>
    internal bool IsHere => current == this;

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
        var item = new FunctionItem<T>(single, work, TaskCreationOptions.RunContinuationsAsynchronously, cancellationToken);
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

    /// <param name="group">The item's group.</param>
    /// <param name="item">What is ready.</param>
    /// <param name="isNext">Whether the current thread, which is one that computes for the pool, looks for work in a moment: then nobody else is woken.</param>
    internal void Enqueue(WorkGroup group, WorkItem item, bool isNext)
    {
        SemaphoreSlim? woken;
        lock (gate)
        {
            // A slice that ends while the pool is disposed is the item's last.
            ObjectDisposedException.ThrowIf(disposed && !isNext, this);
            group.Ready.Enqueue(item);
            Offer(group);
            woken = isNext || !group.MayRun ? null : Waken(group);
        }
        woken?.Release();
    }

    /// <summary>
    /// Lets the current thread, which would only wait, run work of a group until there is no need to wait any more. It does so in the place of a worker that sleeps;
    /// where none does, it waits.
    /// </summary>
    /// <param name="group">The group of the statement that the thread waits for.</param>
    /// <param name="begin">Called first, as work of the pool.</param>
    /// <param name="isOver">Whether the wait is over; looked at again when <see cref="WakeCaller"/> is called.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ObjectDisposedException">The pool was disposed.</exception>
    internal void Help(WorkGroup group, Action? begin, Func<bool> isOver, CancellationToken cancellationToken)
    {
        var seat = group.Caller ??= new CallerSeat();
        using var registration = cancellationToken.UnsafeRegister(static seat => ((CallerSeat)seat!).Wake.Release(), seat);
        var before = current;
        current = this;
        try
        {
            if (begin is not null)
            {
                Begin(group, begin);
            }
            while (!isOver() && !cancellationToken.IsCancellationRequested)
            {
                if (TryTake(group, seat, isOver) is { } item)
                {
                    item.Run();
                    Leave(group);
                }
                else
                {
                    seat.Wake.Wait(CancellationToken.None);
                }
            }
        }
        finally
        {
            current = before;
            Go(seat);
        }
    }

    /// <summary>The caller of a group need not wait any longer.</summary>
    internal void WakeCaller(WorkGroup group)
    {
        // What ends the wait is written before the look at who waits, and who waits looks at it after saying so.
        Interlocked.MemoryBarrier();
        if (group.Caller is not { IsWaiting: true } caller)
        {
            return;
        }
        lock (gate)
        {
            if (!caller.IsWaiting)
            {
                return;
            }
            caller.IsWaiting = false;
        }
        caller.Wake.Release();
    }

    /// <summary>
    /// Runs what a caller begins with. Where a worker sleeps the caller has its place from then on, so that no more are woken than compute beside it; where none does,
    /// it begins all the same.
    /// </summary>
    private void Begin(WorkGroup group, Action begin)
    {
        var hasPlace = false;
        lock (gate)
        {
            if (sleeping > helping)
            {
                hasPlace = true;
                helping++;
                group.Running++;
            }
        }
        begin();
        if (hasPlace)
        {
            Leave(group);
        }
    }

    /// <summary>A caller leaves its place; it looks for work in a moment.</summary>
    private void Leave(WorkGroup group)
    {
        lock (gate)
        {
            group.Running--;
            helping--;
            Offer(group);
        }
    }

    /// <summary>An item for a caller; where there is none for it, it is said to wait unless the wait is over.</summary>
    private WorkItem? TryTake(WorkGroup group, CallerSeat seat, Func<bool> isOver)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            seat.IsWaiting = false;
            // Statements are served in turn: where another is ready, a worker is woken for both, and the caller computes if there is a place beside it.
            if (sleeping > helping && FirstReady() is { } first && first != group)
            {
                WakeWorker();
            }
            if (group.MayRun && sleeping > helping)
            {
                helping++;
                group.Running++;
                return group.Ready.Dequeue();
            }
            seat.IsWaiting = true;
            Interlocked.MemoryBarrier();
            if (isOver())
            {
                seat.Wake.Release();
            }
            return null;
        }
    }

    /// <summary>A caller goes: what became ready for it, or waited for its place, is for a worker now.</summary>
    private void Go(CallerSeat seat)
    {
        lock (gate)
        {
            seat.IsWaiting = false;
            if (!disposed && sleeping > helping && FirstReady() is not null)
            {
                WakeWorker();
            }
        }
    }

    private void WakeWorker()
    {
        sleeping--;
        wake.Release();
    }

    /// <summary>The group whose turn it is; groups whose items were taken by callers are no longer in the queue after it.</summary>
    private WorkGroup? FirstReady()
    {
        while (ready.TryPeek(out var group))
        {
            if (group.MayRun)
            {
                return group;
            }
            ready.Dequeue().IsQueued = false;
        }
        return null;
    }

    /// <summary>Who is to be woken for work that has become ready: the group's caller where it waits, else a worker; nobody where as many compute as may.</summary>
    private SemaphoreSlim? Waken(WorkGroup group)
    {
        if (sleeping <= helping)
        {
            return null;
        }
        if (group.Caller is { IsWaiting: true } caller)
        {
            caller.IsWaiting = false;
            return caller.Wake;
        }
        sleeping--;
        return wake;
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
        current = this;
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
                if (FirstReady() is { } group)
                {
                    ready.Dequeue().IsQueued = false;
                    var item = group.Ready.Dequeue();
                    group.Running++;
                    Offer(group);
                    return (group, item);
                }
                sleeping++;
            }
            wake.Wait();
        }
    }
}
