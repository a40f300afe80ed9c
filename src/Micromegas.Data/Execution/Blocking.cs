using Micromegas.Engine.Execution;

namespace Micromegas.Data.Execution;

/// <summary>
/// The one place where a synchronous member waits for an asynchronous one (design: everything below is asynchronous). What it waits for knows, so that the thread
/// may compute its statement meanwhile.
/// </summary>
internal static class Blocking
{
    internal static void Wait(Func<ValueTask> start)
    {
        var task = Start(start);
        if (task.IsCompleted)
        {
            task.GetAwaiter().GetResult();
        }
        else
        {
            task.AsTask().GetAwaiter().GetResult();
        }
    }

    internal static T Wait<T>(Func<ValueTask<T>> start)
    {
        var task = Start(start);
        return task.IsCompleted ? task.GetAwaiter().GetResult() : task.AsTask().GetAwaiter().GetResult();
    }

    // The work starts without the caller's context: a continuation that wanted to come back to a blocked thread would never run.
    private static T Start<T>(Func<T> start)
    {
        var context = SynchronizationContext.Current;
        if (context is not null)
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }
        var before = BlockedCaller.Say(true);
        try
        {
            return start();
        }
        finally
        {
            BlockedCaller.Say(before);
            if (context is not null)
            {
                SynchronizationContext.SetSynchronizationContext(context);
            }
        }
    }
}
