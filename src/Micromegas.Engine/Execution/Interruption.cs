using Micromegas.Columnar;

namespace Micromegas.Engine.Execution;

/// <summary>
/// Lets code that computes long within one batch (texts of megabytes, patterns over them) ask whether the statement it works for was cancelled, and whether it
/// may hold a text that large: kernels know their vectors only. What runs on a worker's thread says for whom; native buffers count on that account too.
/// </summary>
internal static class Interruption
{
    [ThreadStatic]
    private static Work current;

    /// <summary>Says for whom the thread works from now on; gives what it did before.</summary>
    public static Work Enter(MemoryBudget? budget, CancellationToken cancellationToken)
    {
        var before = current;
        current = new Work(budget, cancellationToken);
        MemoryBudget.Current = budget;
        return before;
    }

    public static void Leave(Work before)
    {
        current = before;
        MemoryBudget.Current = before.Budget;
    }

    /// <summary>Cancelled with the statement that the thread works for: for loops that ask at each turn.</summary>
    public static CancellationToken Token => current.CancellationToken;

    /// <summary>Raises <see cref="OperationCanceledException"/> when the statement that the thread works for was cancelled.</summary>
    public static void ThrowIfRequested() => current.CancellationToken.ThrowIfCancellationRequested();

    /// <summary>Called before the texts of a batch grow to a size: no batch may hold more than the statement.</summary>
    /// <exception cref="MemoryLimitException">The size is beyond the budget of the statement.</exception>
    public static void BeforeGrowth(long bytes)
    {
        ThrowIfRequested();
        if (current.Budget is { } budget && bytes > budget.Limit)
        {
            throw new MemoryLimitException("Expression", bytes, budget.Used, budget.Limit);
        }
    }

    internal readonly record struct Work(MemoryBudget? Budget, CancellationToken CancellationToken);
}
