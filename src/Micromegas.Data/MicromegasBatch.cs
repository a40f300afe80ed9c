using System.Data;
using System.Data.Common;
using Micromegas.Data.Execution;

namespace Micromegas.Data;

/// <summary>Statements, each with its own parameters, that run one after the other; their results come from one reader.</summary>
public sealed class MicromegasBatch : DbBatch, IRunnable
{
    private readonly CommandRunner _runner;

    /// <summary>Creates a batch without commands.</summary>
    /// <param name="connection">The connection that runs it.</param>
    public MicromegasBatch(MicromegasConnection? connection = null) => _runner = new CommandRunner(this) { Connection = connection };

    /// <summary>Warnings of the statements. May be raised on any thread.</summary>
    public event EventHandler<MicromegasInfoMessageEventArgs>? InfoMessage;

    /// <summary>The statements.</summary>
    public new MicromegasBatchCommandCollection BatchCommands { get; } = [];

    /// <summary>The connection that runs the statements.</summary>
    public new MicromegasConnection? Connection
    {
        get => _runner.Connection;
        set => _runner.Connection = value;
    }

    /// <summary>The query range of the statements; null means the connection's.</summary>
    public MicromegasRange? Range { get; set; }

    /// <summary>What the last run cost; of a run whose reader is still open, so far. Null before the first run.</summary>
    public MicromegasStatistics? Statistics => _runner.Statistics;

    /// <summary>Seconds that each call may wait; 0 waits for ever. The default is the connection string's.</summary>
    public override int Timeout
    {
        get => _runner.Timeout;
        set => _runner.Timeout = value;
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
    public override void Cancel() => _runner.Cancel();

    /// <inheritdoc />
    public override int ExecuteNonQuery() => Blocking.Wait(() => _runner.ExecuteNonQueryAsync(CancellationToken.None));

    /// <inheritdoc />
    public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken = default) => _runner.ExecuteNonQueryAsync(cancellationToken).AsTask();

    /// <inheritdoc />
    public override object? ExecuteScalar() => Blocking.Wait(() => _runner.ExecuteScalarAsync(CancellationToken.None));

    /// <inheritdoc />
    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken = default) => _runner.ExecuteScalarAsync(cancellationToken).AsTask();

    /// <summary>Runs the statements.</summary>
    /// <param name="behavior">How the results are used.</param>
    public new MicromegasDataReader ExecuteReader(CommandBehavior behavior = CommandBehavior.Default)
        => Blocking.Wait(() => _runner.ExecuteReaderAsync(behavior, CancellationToken.None));

    /// <summary>Runs the statements.</summary>
    /// <param name="cancellationToken">Ends them.</param>
    public new Task<MicromegasDataReader> ExecuteReaderAsync(CancellationToken cancellationToken = default)
        => _runner.ExecuteReaderAsync(CommandBehavior.Default, cancellationToken).AsTask();

    /// <summary>Runs the statements.</summary>
    /// <param name="behavior">How the results are used.</param>
    /// <param name="cancellationToken">Ends them.</param>
    public new Task<MicromegasDataReader> ExecuteReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken = default)
        => _runner.ExecuteReaderAsync(behavior, cancellationToken).AsTask();

    /// <summary>Parses and plans the statements, so that their faults surface now. Nothing of the lake's events is read.</summary>
    public override void Prepare() => Blocking.Wait(() => _runner.PrepareAsync(CancellationToken.None));

    /// <inheritdoc cref="Prepare" />
    /// <param name="cancellationToken">Ends the planning.</param>
    public override Task PrepareAsync(CancellationToken cancellationToken = default) => _runner.PrepareAsync(cancellationToken).AsTask();

    string IRunnable.Kind => "batch";

    string IRunnable.Text => BatchCommands.Count == 1
        ? BatchCommands[0].CommandText
        : string.Join(";\n", ((IEnumerable<MicromegasBatchCommand>)BatchCommands).Select(static command => command.CommandText));

    string? IRunnable.Missing
        => BatchCommands.Count == 0 || ((IEnumerable<MicromegasBatchCommand>)BatchCommands).Any(static command => string.IsNullOrWhiteSpace(command.CommandText))
            ? "The batch has no commands, or one without text."
            : null;

    void IRunnable.Inform(MicromegasInfoMessageEventArgs message) => InfoMessage?.Invoke(this, message);

    QueryRequest[] IRunnable.CreateRequests(IQuerySession session)
    {
        var connection = Connection!;
        var requests = new List<QueryRequest>(BatchCommands.Count);
        foreach (MicromegasBatchCommand command in (IEnumerable<MicromegasBatchCommand>)BatchCommands)
        {
            command.Reset();
            requests.AddRange(RequestFactory.Create(
                session, command.CommandText, command.Parameters, Range ?? connection.Range, connection.Settings.CommandMemoryLimit, connection.SessionSettings, _runner.Warn, command.Affect));
        }

        return [.. requests];
    }

    /// <inheritdoc />
    protected override DbBatchCommand CreateDbBatchCommand() => new MicromegasBatchCommand();

    /// <inheritdoc />
    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => ExecuteReader(behavior);

    /// <inheritdoc />
    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
        => await _runner.ExecuteReaderAsync(behavior, cancellationToken).ConfigureAwait(false);
}
