using System.Data;
using System.Data.Common;
using Micromegas.Data.Execution;

namespace Micromegas.Data;

/// <summary>Statements, each with its own parameters, that run one after the other; their results come from one reader.</summary>
public sealed class MicromegasBatch : DbBatch, IReaderOwner
{
    private MicromegasConnection? _connection;
    private MicromegasDataReader? _reader;
    private CommandExecution? _execution;
    private int? _timeout;

    /// <summary>Creates a batch without commands.</summary>
    /// <param name="connection">The connection that runs it.</param>
    public MicromegasBatch(MicromegasConnection? connection = null) => _connection = connection;

    /// <summary>Warnings of the statements. May be raised on any thread.</summary>
    public event EventHandler<MicromegasInfoMessageEventArgs>? InfoMessage;

    /// <summary>The statements.</summary>
    public new MicromegasBatchCommandCollection BatchCommands { get; } = [];

    /// <summary>The connection that runs the statements.</summary>
    public new MicromegasConnection? Connection
    {
        get => _connection;
        set
        {
            RequireIdle(nameof(Connection));
            _connection = value;
        }
    }

    /// <summary>The query range of the statements; null means the connection's.</summary>
    public MicromegasRange? Range { get; set; }

    /// <summary>What the last run cost; of a run whose reader is still open, so far. Null before the first run.</summary>
    public MicromegasStatistics? Statistics
    {
        get => _reader?.Statistics ?? field;
        private set;
    }

    /// <summary>Seconds that each call may wait; 0 waits for ever. The default is the connection string's.</summary>
    public override int Timeout
    {
        get => _timeout ?? _connection?.Settings.CommandTimeout ?? 30;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _timeout = value;
        }
    }

    /// <summary>The transaction; it changes nothing.</summary>
    public new MicromegasTransaction? Transaction { get; set; }

    /// <inheritdoc />
    protected override DbBatchCommandCollection DbBatchCommands => BatchCommands;

    /// <inheritdoc />
    protected override DbConnection? DbConnection
    {
        get => Connection;
        set => Connection = value is null ? null : value as MicromegasConnection ?? throw new InvalidCastException($"A {nameof(MicromegasConnection)} is expected, not a {value.GetType()}.");
    }

    /// <inheritdoc />
    protected override DbTransaction? DbTransaction
    {
        get => Transaction;
        set => Transaction = value is null ? null : value as MicromegasTransaction ?? throw new InvalidCastException($"A {nameof(MicromegasTransaction)} is expected, not a {value.GetType()}.");
    }

    /// <summary>Ends the running statement, if any; the call that waits for it throws a <see cref="MicromegasException"/> with SqlState 57014.</summary>
    public override void Cancel() => Volatile.Read(ref _execution)?.Cancel();

    /// <inheritdoc />
    public override int ExecuteNonQuery() => Blocking.Wait(() => ExecuteNonQueryCoreAsync(CancellationToken.None));

    /// <inheritdoc />
    public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken = default) => ExecuteNonQueryCoreAsync(cancellationToken).AsTask();

    /// <inheritdoc />
    public override object? ExecuteScalar() => Blocking.Wait(() => ExecuteScalarCoreAsync(CancellationToken.None));

    /// <inheritdoc />
    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken = default) => ExecuteScalarCoreAsync(cancellationToken).AsTask();

    /// <summary>Runs the statements.</summary>
    /// <param name="behavior">How the results are used.</param>
    public new MicromegasDataReader ExecuteReader(CommandBehavior behavior = CommandBehavior.Default)
        => Blocking.Wait(() => ExecuteReaderCoreAsync(behavior, CancellationToken.None));

    /// <summary>Runs the statements.</summary>
    /// <param name="cancellationToken">Ends them.</param>
    public new Task<MicromegasDataReader> ExecuteReaderAsync(CancellationToken cancellationToken = default)
        => ExecuteReaderCoreAsync(CommandBehavior.Default, cancellationToken).AsTask();

    /// <summary>Runs the statements.</summary>
    /// <param name="behavior">How the results are used.</param>
    /// <param name="cancellationToken">Ends them.</param>
    public new Task<MicromegasDataReader> ExecuteReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken = default)
        => ExecuteReaderCoreAsync(behavior, cancellationToken).AsTask();

    /// <summary>Parses and plans the statements, so that their faults surface now. Nothing of the lake's events is read.</summary>
    public override void Prepare() => Blocking.Wait(() => PrepareCoreAsync(CancellationToken.None));

    /// <inheritdoc cref="Prepare" />
    /// <param name="cancellationToken">Ends the planning.</param>
    public override Task PrepareAsync(CancellationToken cancellationToken = default) => PrepareCoreAsync(cancellationToken).AsTask();

    void IReaderOwner.Started(MicromegasDataReader reader) => _reader = reader;

    void IReaderOwner.Abandoned(CommandExecution execution) => Interlocked.CompareExchange(ref _execution, null, execution);

    void IReaderOwner.Finished(MicromegasDataReader reader, CommandExecution execution, MicromegasStatistics statistics)
    {
        Interlocked.CompareExchange(ref _execution, null, execution);
        if (ReferenceEquals(_reader, reader))
        {
            _reader = null;
            Statistics = statistics;
        }

        _connection?.Closed(reader);
    }

    /// <inheritdoc />
    protected override DbBatchCommand CreateDbBatchCommand() => new MicromegasBatchCommand();

    /// <inheritdoc />
    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => ExecuteReader(behavior);

    /// <inheritdoc />
    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
        => await ExecuteReaderCoreAsync(behavior, cancellationToken).ConfigureAwait(false);

    private async ValueTask<int> ExecuteNonQueryCoreAsync(CancellationToken cancellationToken)
    {
        var reader = await ExecuteReaderCoreAsync(CommandBehavior.Default, cancellationToken).ConfigureAwait(false);
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

    private async ValueTask<object?> ExecuteScalarCoreAsync(CancellationToken cancellationToken)
    {
        var reader = await ExecuteReaderCoreAsync(CommandBehavior.SingleRow, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) && reader.FieldCount > 0 ? reader.GetValue(0) : null;
        }
    }

    private async ValueTask PrepareCoreAsync(CancellationToken cancellationToken)
    {
        var session = RequireRunnable();
        using var execution = new CommandExecution(Timeout);
        await ReaderStart.PrepareAsync(session, execution, CreateRequests, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<MicromegasDataReader> ExecuteReaderCoreAsync(CommandBehavior behavior, CancellationToken cancellationToken)
    {
        RequireRunnable();
        RequireIdle("the batch again");
        var execution = new CommandExecution(Timeout);
        Volatile.Write(ref _execution, execution);
        return ReaderStart.RunAsync(this, _connection!, execution, behavior, Text, CreateRequests, cancellationToken);
    }

    private string Text => BatchCommands.Count == 1
        ? BatchCommands[0].CommandText
        : string.Join(";\n", ((IEnumerable<MicromegasBatchCommand>)BatchCommands).Select(static command => command.CommandText));

    private QueryRequest[] CreateRequests(IQuerySession session)
    {
        var requests = new List<QueryRequest>(BatchCommands.Count);
        for (var i = 0; i < BatchCommands.Count; i++)
        {
            var command = BatchCommands[i];
            command.Reset();
            requests.AddRange(RequestFactory.Create(
                session, command.CommandText, command.Parameters, Range ?? _connection!.Range, _connection!.Settings.CommandMemoryLimit, _connection!.SessionSettings, Warn, command.Affect));
        }

        return [.. requests];
    }

    private void Warn(string message)
    {
        var arguments = new MicromegasInfoMessageEventArgs(new MicromegasInfoMessage(message, MicromegasErrorCodes.Warning));
        InfoMessage?.Invoke(this, arguments);
        _connection?.Warn(arguments);
    }

    private IQuerySession RequireRunnable()
    {
        if (_connection is not { State: ConnectionState.Open } connection)
        {
            throw Throw.NotOpen(_connection);
        }

        if (Transaction is { Connection: { } other } && other != connection)
        {
            throw Throw.OtherTransaction();
        }

        return BatchCommands.Count == 0 || ((IEnumerable<MicromegasBatchCommand>)BatchCommands).Any(static command => string.IsNullOrWhiteSpace(command.CommandText))
            ? throw new InvalidOperationException("The batch has no commands, or one without text.")
            : connection.Session;
    }

    private void RequireIdle(string what)
    {
        if (_reader is not null)
        {
            throw new InvalidOperationException($"Close the batch's reader before setting or running {what}.");
        }
    }
}
