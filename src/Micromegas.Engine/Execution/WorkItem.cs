namespace Micromegas.Engine.Execution;

/// <summary>How a time slice of a work item ended.</summary>
internal enum SliceEnd
{
    /// <summary>The slice is over; there is more to do.</summary>
    Yield,

    /// <summary>It cannot go on until <see cref="WorkItem.Signal"/> is called. No thread waits for it.</summary>
    Park,

    /// <summary>All is done.</summary>
    Completed,
}

/// <summary>
/// CPU work that a <see cref="WorkerPool"/> runs in time slices, one worker at a time. Between slices it lies in a queue or is parked;
/// a signal that comes while it runs is kept, so none is lost.
/// </summary>
internal abstract class WorkItem
{
    private const int Parked = 0;
    private const int Queued = 1;
    private const int Running = 2;
    private const int RunningSignalled = 3;
    private const int End = 4;

    private readonly WorkGroup group;
    private int state;

    protected WorkItem(WorkGroup group) => this.group = group;

    /// <summary>Makes a parked item ready, and keeps a running one from parking.</summary>
    /// <param name="isNext">Whether the current thread computes for the pool and looks for work in a moment, so that nobody need be woken for the item.</param>
    public void Signal(bool isNext = false)
    {
        for (;;)
        {
            var seen = Volatile.Read(ref state);
            switch (seen)
            {
                case Parked when Interlocked.CompareExchange(ref state, Queued, Parked) == Parked:
                    group.Enqueue(this, isNext);
                    return;
                case Running when Interlocked.CompareExchange(ref state, RunningSignalled, Running) == Running:
                case Queued or RunningSignalled or End:
                    return;
            }
        }
    }

    /// <summary>Runs one slice on a worker; never throws.</summary>
    protected abstract SliceEnd RunSlice();

    /// <summary>Runs a slice and queues or parks the item again.</summary>
    internal void Run()
    {
        Volatile.Write(ref state, Running);
        switch (RunSlice())
        {
            case SliceEnd.Yield:
                Volatile.Write(ref state, Queued);
                group.Enqueue(this, isNext: true);
                break;
            case SliceEnd.Park:
                if (Interlocked.CompareExchange(ref state, Parked, Running) != Running)
                {
                    Volatile.Write(ref state, Queued);
                    group.Enqueue(this, isNext: true);
                }
                break;
            default:
                Volatile.Write(ref state, End);
                Ended();
                break;
        }
    }

    /// <summary>Called on the worker when all is done, as the last thing: who waited for the item may go on there.</summary>
    protected virtual void Ended()
    {
    }
}
