using System.Data;
using Micromegas.Columnar;
using Micromegas.Sql.Syntax;

namespace Micromegas.Data.Execution;

/// <summary>
/// The statements of a command or batch, run one after the other as their results are asked for. Each is bound when its turn comes, because it may name
/// what the one before has made. Statements without columns give no result: they are run to their end on the way.
/// </summary>
internal sealed class StatementSequence(IQuerySession session, CommandExecution execution, IReadOnlyList<QueryRequest> requests, CommandBehavior behavior)
{
    private readonly bool _schemaOnly = (behavior & CommandBehavior.SchemaOnly) != 0;
    private readonly bool _singleResult = (behavior & (CommandBehavior.SingleResult | CommandBehavior.SingleRow)) != 0;
    private MicromegasStatistics _finished = new();
    private IQueryResult? _result;
    private int _next;
    private bool _hadResult;

    /// <summary>The columns of the current result; none after the last.</summary>
    internal Schema Schema { get; private set; } = Schema.Empty;

    /// <summary>Whether there are rows to read: not for questions about the shape, nor after the end.</summary>
    internal bool IsRunning => _result is not null;

    /// <summary>Rows written so far, -1 when no statement wrote.</summary>
    internal long RecordsAffected { get; private set; } = -1;

    /// <summary>What all statements cost so far.</summary>
    internal MicromegasStatistics Statistics => _result is { } running ? _finished + running.Statistics : _finished;

    /// <summary>Whether the statement is there for what it does, and not for its rows.</summary>
    internal static bool HasEffect(Statement statement)
        => statement is not (QueryStatement or ExplainStatement or DescribeQueryStatement or DescribeTableStatement or ShowObjectsStatement);

    /// <summary>Ends the current result and goes on to the next that has columns.</summary>
    internal async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        await EndResultAsync().ConfigureAwait(false);
        while (_next < requests.Count && !(_hadResult && _singleResult))
        {
            var request = requests[_next++];
            var query = await execution.RunAsync((session, request), static (state, token) => state.session.PrepareAsync(state.request, token), cancellationToken)
                .ConfigureAwait(false);
            if (!_schemaOnly)
            {
                _result = await execution.RunAsync(query, static (query, token) => query.ExecuteAsync(token), cancellationToken).ConfigureAwait(false);
            }

            if (query.Schema.Count > 0)
            {
                Schema = query.Schema;
                return _hadResult = true;
            }

            while (_result is not null && await ReadAsync(cancellationToken).ConfigureAwait(false) is not null)
            {
            }

            await EndResultAsync().ConfigureAwait(false);
        }

        return false;
    }

    /// <summary>The next batch of the current result.</summary>
    internal ValueTask<Batch?> ReadAsync(CancellationToken cancellationToken)
        => execution.RunAsync(_result!, static (result, token) => result.ReadAsync(token), cancellationToken);

    /// <summary>Runs what is left of the statements that do something; queries that nobody reads are not run.</summary>
    internal async ValueTask FinishAsync()
    {
        await EndResultAsync().ConfigureAwait(false);
        if (_schemaOnly || execution.Token.IsCancellationRequested)
        {
            return;
        }

        for (; _next < requests.Count; _next++)
        {
            if (HasEffect(requests[_next].Statement))
            {
                var query = await execution.RunAsync((session, request: requests[_next]), static (state, token) => state.session.PrepareAsync(state.request, token), default)
                    .ConfigureAwait(false);
                _result = await execution.RunAsync(query, static (query, token) => query.ExecuteAsync(token), default).ConfigureAwait(false);
                while (await ReadAsync(default).ConfigureAwait(false) is not null)
                {
                }

                await EndResultAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Ends the current result; the statements after it do not run.</summary>
    internal ValueTask AbortAsync()
    {
        _next = requests.Count;
        return EndResultAsync();
    }

    private async ValueTask EndResultAsync()
    {
        Schema = Schema.Empty;
        if (_result is { } result)
        {
            _result = null;
            await result.DisposeAsync().ConfigureAwait(false);
            _finished += result.Statistics;
            if (result.RecordsAffected >= 0)
            {
                RecordsAffected = Math.Max(RecordsAffected, 0) + result.RecordsAffected;
                requests[_next - 1].Affected?.Invoke(result.RecordsAffected);
            }
        }
    }
}
