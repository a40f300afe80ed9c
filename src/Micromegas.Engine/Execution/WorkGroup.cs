namespace Micromegas.Engine.Execution;

/// <summary>The ready work of one statement. Its pool serves groups in turn, an item a turn, whatever their number of items.</summary>
internal sealed class WorkGroup
{
    private readonly WorkerPool pool;

    /// <param name="pool">The pool that runs the items.</param>
    /// <param name="parallelism">Workers that serve the group at a time, at most.</param>
    public WorkGroup(WorkerPool pool, int parallelism)
    {
        this.pool = pool;
        Parallelism = Math.Max(1, parallelism);
    }

    public int Parallelism { get; }

    // Guarded by the pool's lock.
    internal Queue<WorkItem> Ready { get; } = [];

    internal int Running { get; set; }

    internal bool IsQueued { get; set; }

    internal bool MayRun => Ready.Count > 0 && Running < Parallelism;

    /// <summary>The thread that blocks until the statement has rows, once there was one.</summary>
    internal CallerSeat? Caller { get; set; }

    internal void Enqueue(WorkItem item, bool isNext) => pool.Enqueue(this, item, isNext);

    /// <summary>The result has something for its reader.</summary>
    internal void WakeCaller() => pool.WakeCaller(this);
}
