namespace Micromegas.Engine.Execution;

/// <summary>A function that a worker runs in one piece.</summary>
/// <param name="group">The statement that it belongs to.</param>
/// <param name="work">The function.</param>
/// <param name="options">Whether who waits for the result goes on elsewhere, or on the worker as soon as the function has ended.</param>
/// <param name="cancellationToken">Keeps it from beginning, and is what the function asks.</param>
internal sealed class FunctionItem<T>(WorkGroup group, Func<T> work, TaskCreationOptions options, CancellationToken cancellationToken) : WorkItem(group)
{
    private readonly TaskCompletionSource<T> completion = new(options);
    private T? result;
    private Exception? failure;

    public Task<T> Task => completion.Task;

    protected override SliceEnd RunSlice()
    {
        var before = Interruption.Enter(null, cancellationToken);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            result = work();
        }
        catch (Exception exception)
        {
            failure = exception;
        }
        finally
        {
            Interruption.Leave(before);
        }
        return SliceEnd.Completed;
    }

    protected override void Ended()
    {
        switch (failure)
        {
            case null:
                completion.SetResult(result!);
                break;
            case OperationCanceledException canceled:
                completion.SetCanceled(canceled.CancellationToken);
                break;
            default:
                completion.SetException(failure);
                break;
        }
    }
}
