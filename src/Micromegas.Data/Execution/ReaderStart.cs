using System.Data;
using Micromegas.Data.Diagnostics;
using Micromegas.Sql.Syntax;

namespace Micromegas.Data.Execution;

/// <summary>How commands and batches begin: parse, bind, start, first batch.</summary>
internal static class ReaderStart
{
    /// <param name="owner">The command or batch.</param>
    /// <param name="connection">Its connection, open.</param>
    /// <param name="execution">The run; disposed here when it does not come to a reader.</param>
    /// <param name="behavior">How the result is used.</param>
    /// <param name="text">The text, for diagnostics.</param>
    /// <param name="create">Parses.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    internal static async ValueTask<MicromegasDataReader> RunAsync(
        IReaderOwner owner,
        MicromegasConnection connection,
        CommandExecution execution,
        CommandBehavior behavior,
        string text,
        Func<IQuerySession, QueryRequest[]> create,
        CancellationToken cancellationToken)
    {
        var session = connection.Session;
        var trace = CommandTrace.Start(connection.Diagnostics, connection.DataSource, text);
        MicromegasDataReader? reader = null;
        try
        {
            var requests = await ParseAsync(session, execution, create, cancellationToken).ConfigureAwait(false);
            trace?.Describe(Operation(requests), requests.Length);
            reader = new MicromegasDataReader(owner, execution, behavior, new StatementSequence(session, execution, requests, behavior), trace);
            owner.Started(reader);
            connection.Opened(reader);
            await reader.StartAsync(cancellationToken).ConfigureAwait(false);
            return reader;
        }
        catch (Exception e)
        {
            trace?.Fail(e);
            if (reader is not null)
            {
                await reader.AbortAsync().ConfigureAwait(false);
            }
            else
            {
                trace?.End(new MicromegasStatistics());
                owner.Abandoned(execution);
                execution.Dispose();
            }

            throw;
        }
    }

    /// <summary>Parses, binds and plans, and runs nothing.</summary>
    internal static async ValueTask PrepareAsync(IQuerySession session, CommandExecution execution, Func<IQuerySession, QueryRequest[]> create, CancellationToken cancellationToken)
    {
        foreach (var request in await ParseAsync(session, execution, create, cancellationToken).ConfigureAwait(false))
        {
            await execution.RunAsync((session, request), static (state, token) => state.session.PrepareAsync(state.request, token), cancellationToken).ConfigureAwait(false);

            // What follows a statement that makes a table may name it; it can only be bound when the table is there.
            if (StatementSequence.HasEffect(request.Statement))
            {
                break;
            }
        }
    }

    // A step of the execution, so that faults are translated as everywhere.
    private static ValueTask<QueryRequest[]> ParseAsync(IQuerySession session, CommandExecution execution, Func<IQuerySession, QueryRequest[]> create, CancellationToken cancellationToken)
        => execution.RunAsync((session, create), static (state, _) => ValueTask.FromResult(state.create(state.session)), cancellationToken);

    private static string Operation(QueryRequest[] requests) => requests is [var first, ..]
        ? first.Statement switch
        {
            QueryStatement => "SELECT",
            var other => other.GetType().Name.Replace("Statement", "", StringComparison.Ordinal).ToUpperInvariant(),
        }
        : "";
}
