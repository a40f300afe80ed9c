namespace Micromegas.Data.Execution;

/// <summary>The one place where a synchronous member waits for an asynchronous one (design: everything below is asynchronous).</summary>
internal static class Blocking
{
    internal static void Wait(Func<ValueTask> start)
    {
        var context = SynchronizationContext.Current;
        if (context is null)
        {
            Complete(start());
            return;
        }

        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Complete(start());
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    // The work starts without the caller's context: a continuation that wanted to come back to a blocked thread would never run.
    internal static T Wait<T>(Func<ValueTask<T>> start)
    {
        var context = SynchronizationContext.Current;
        if (context is null)
        {
            return Result(start());
        }

        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return Result(start());
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private static T Result<T>(ValueTask<T> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : task.AsTask().GetAwaiter().GetResult();

    private static void Complete(ValueTask task)
    {
        if (task.IsCompleted)
        {
            task.GetAwaiter().GetResult();
        }
        else
        {
            task.AsTask().GetAwaiter().GetResult();
        }
    }
}
