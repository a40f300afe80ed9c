using Micromegas.Engine.Execution;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Statements;

/// <summary>The work of a statement that is no question. Bound while planning; nothing changes before it runs.</summary>
public abstract class StatementAction
{
    /// <summary>Does the work, once.</summary>
    /// <param name="context">The statement.</param>
    /// <param name="cancellationToken">Ends it; nothing has changed then.</param>
    /// <returns>Rows inserted, updated or deleted; <see langword="null"/> when the statement is of no such kind.</returns>
    public abstract ValueTask<long?> RunAsync(QueryContext context, CancellationToken cancellationToken);

    /// <summary>The rows that the statement gives once it has run (RETURNING).</summary>
    internal virtual LogicalPlan Result { get; } = new LogicalValues([], []);

    /// <summary>An action of a few lines that changes no rows one would count.</summary>
    public static StatementAction Of(Action work) => new Simple(_ =>
    {
        work();
        return Task.CompletedTask;
    });

    /// <inheritdoc cref="Of(Action)" />
    public static StatementAction Of(Func<CancellationToken, Task> work) => new Simple(work);

    private sealed class Simple(Func<CancellationToken, Task> work) : StatementAction
    {
        public override async ValueTask<long?> RunAsync(QueryContext context, CancellationToken cancellationToken)
        {
            await work(cancellationToken).ConfigureAwait(false);
            return null;
        }
    }
}
