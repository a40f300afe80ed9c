using System.Data;
using Micromegas.Data.Diagnostics;
using Micromegas.Sql.Syntax;

namespace Micromegas.Data.Execution;

/// <summary>
/// Runs a command or a batch, one run at a time: what is required before, who may end it, the reader that is open, what it cost, and the forms of execution.
/// </summary>
internal sealed class CommandRunner(IRunnable runnable)
{
    private MicromegasConnection? _connection;
    private MicromegasDataReader? _reader;
    private CommandExecution? _execution;
    private int? _timeout;
    private PreparedPlan[]? _prepared;

    /// <summary>The connection that runs the statements.</summary>
    internal MicromegasConnection? Connection
    {
        get => _connection;
        set
        {
            RequireIdle(nameof(Connection));
            _connection = value;
        }
    }

    /// <summary>Seconds that each call may wait; the connection's unless it was set.</summary>
    internal int Timeout
    {
        get => _timeout ?? _connection?.Settings.CommandTimeout ?? 30;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _timeout = value;
        }
    }

    /// <summary>What the last run cost, or the running one so far.</summary>
    internal MicromegasStatistics? Statistics
    {
        get => _reader?.Statistics ?? field;
        private set;
    }

    /// <summary>The same connection and time-out, for a copy of what is run.</summary>
    internal void CopyTo(CommandRunner other)
    {
        other._connection = _connection;
        other._timeout = _timeout;
    }

    /// <summary>Refuses what must not be done while a reader is open.</summary>
    internal void RequireIdle(string what)
    {
        if (_reader is not null)
        {
            throw new InvalidOperationException($"Close the {runnable.Kind}'s reader before setting or running {what}.");
        }
    }

    internal void Cancel() => Volatile.Read(ref _execution)?.Cancel();

    /// <summary>Tells a warning to those who listen at the command or batch, and at the connection.</summary>
    internal void Warn(string message)
    {
        var arguments = new MicromegasInfoMessageEventArgs(new MicromegasInfoMessage(message, MicromegasErrorCodes.Warning));
        runnable.Inform(arguments);
        _connection?.Warn(arguments);
    }

    internal async ValueTask<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
    {
        var reader = await ExecuteReaderAsync(CommandBehavior.Default, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            do
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                }
            }
            while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false));

            return reader.RecordsAffected;
        }
    }

    internal async ValueTask<object?> ExecuteScalarAsync(CancellationToken cancellationToken)
    {
        var reader = await ExecuteReaderAsync(CommandBehavior.SingleRow, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) && reader.FieldCount > 0 ? reader.GetValue(0) : null;
        }
    }

    internal ValueTask<MicromegasDataReader> ExecuteReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
    {
        var session = RequireRunnable();
        RequireIdle($"the {runnable.Kind} again");
        var execution = new CommandExecution(Timeout);
        Volatile.Write(ref _execution, execution);
        return StartAsync(_connection!, session, execution, behavior, cancellationToken);
    }

    /// <summary>Parses, binds and plans, and runs nothing; the runs that follow use the plans as long as they hold.</summary>
    internal async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        var session = RequireRunnable();
        using var execution = new CommandExecution(Timeout);
        _prepared = null;
        var requests = await ParseAsync(session, execution, cancellationToken).ConfigureAwait(false);
        var prepared = Array.ConvertAll(requests, static request => request.Prepared = new PreparedPlan(request.Sql));
        foreach (var request in requests)
        {
            await execution.RunAsync((session, request), static (state, token) => state.session.PrepareAsync(state.request, token), cancellationToken).ConfigureAwait(false);

            // What follows a statement that makes a table may name it; it can only be bound when the table is there.
            if (StatementSequence.HasEffect(request.Statement))
            {
                break;
            }
        }

        _prepared = prepared;
    }

    /// <summary>The reader has been closed.</summary>
    internal void Finished(MicromegasDataReader reader, CommandExecution execution, MicromegasStatistics statistics)
    {
        Interlocked.CompareExchange(ref _execution, null, execution);
        if (ReferenceEquals(_reader, reader))
        {
            _reader = null;
            Statistics = statistics;
        }

        _connection?.Closed(reader);
    }

    private async ValueTask<MicromegasDataReader> StartAsync(
        MicromegasConnection connection, IQuerySession session, CommandExecution execution, CommandBehavior behavior, CancellationToken cancellationToken)
    {
        var trace = CommandTrace.Start(connection.Diagnostics, connection.DataSource, runnable.Text);
        MicromegasDataReader? reader = null;
        try
        {
            var requests = await ParseAsync(session, execution, cancellationToken).ConfigureAwait(false);
            trace?.Describe(Operation(requests), requests.Length);
            UsePlans(requests);
            reader = new MicromegasDataReader(this, execution, behavior, new StatementSequence(session, execution, requests, behavior), trace);
            _reader = reader;
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
                Interlocked.CompareExchange(ref _execution, null, execution);
                execution.Dispose();
            }

            throw;
        }
    }

    /// <summary>Hands the plans of <see cref="PrepareAsync"/> to the statements that they were made of.</summary>
    private void UsePlans(QueryRequest[] requests)
    {
        if (_prepared is { } prepared)
        {
            for (var i = 0; i < requests.Length && i < prepared.Length; i++)
            {
                requests[i].Prepared = requests[i].Sql == prepared[i].Text ? prepared[i] : null;
            }
        }
    }

    // A step of the execution, so that faults are translated as everywhere.
    private ValueTask<QueryRequest[]> ParseAsync(IQuerySession session, CommandExecution execution, CancellationToken cancellationToken)
        => execution.RunAsync((session, runnable), static (state, _) => ValueTask.FromResult(state.runnable.CreateRequests(state.session)), cancellationToken);

    private IQuerySession RequireRunnable()
    {
        if (_connection is not { State: ConnectionState.Open } connection)
        {
            throw Throw.NotOpen(_connection);
        }

        if (runnable.Transaction is { Connection: { } other } && other != connection)
        {
            throw Throw.OtherTransaction();
        }

        return runnable.Missing is { } missing ? throw new InvalidOperationException(missing) : connection.Session;
    }

    private static string Operation(QueryRequest[] requests) => requests is [var first, ..]
        ? first.Statement switch
        {
            QueryStatement => "SELECT",
            var other => other.GetType().Name.Replace("Statement", "", StringComparison.Ordinal).ToUpperInvariant(),
        }
        : "";
}
