using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Micromegas.Data.Execution;
using Micromegas.Data.Types;

namespace Micromegas.Data;

/// <summary>One statement or several, separated by semicolons, with their parameters. Several give their results one after the other (<see cref="DbDataReader.NextResult"/>).</summary>
public sealed partial class MicromegasCommand : DbCommand, ICloneable, IReaderOwner
{
    private MicromegasConnection? _connection;
    private string _commandText = "";
    private int? _commandTimeout;
    private MicromegasDataReader? _reader;
    private CommandExecution? _execution;

    /// <summary>Creates a command without text and connection.</summary>
    public MicromegasCommand()
    {
    }

    /// <summary>Creates a command.</summary>
    /// <param name="commandText">The statement.</param>
    /// <param name="connection">The connection that runs it.</param>
    public MicromegasCommand(string? commandText, MicromegasConnection? connection = null)
    {
        _commandText = commandText ?? "";
        _connection = connection;
    }

    /// <summary>Warnings of this command, such as blocks that could not be decoded. May be raised on any thread.</summary>
    public event EventHandler<MicromegasInfoMessageEventArgs>? InfoMessage;

    /// <inheritdoc />
    [AllowNull]
    public override string CommandText
    {
        get => _commandText;
        set
        {
            RequireIdle(nameof(CommandText));
            _commandText = value ?? "";
        }
    }

    /// <summary>Seconds that each call may wait for the statement (execution, and each read); 0 waits for ever. The default is that of the connection string.</summary>
    public override int CommandTimeout
    {
        get => _commandTimeout ?? _connection?.Settings.CommandTimeout ?? 30;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _commandTimeout = value;
        }
    }

    /// <summary>Always <see cref="CommandType.Text"/>.</summary>
    /// <exception cref="NotSupportedException">Another type is set.</exception>
    public override CommandType CommandType
    {
        get => CommandType.Text;
        set
        {
            if (value != CommandType.Text)
            {
                throw new NotSupportedException($"Commands are text; {value} is not supported.");
            }
        }
    }

    /// <summary>The connection that runs the statement.</summary>
    public new MicromegasConnection? Connection
    {
        get => _connection;
        set
        {
            RequireIdle(nameof(Connection));
            _connection = value;
        }
    }

    /// <summary>The parameters.</summary>
    public new MicromegasParameterCollection Parameters { get; } = [];

    /// <summary>The query range of this command; null means the connection's (<see cref="MicromegasConnection.Range"/>).</summary>
    public MicromegasRange? Range { get; set; }

    /// <summary>Bytes that the statement may use before it spills; null means the connection string's <c>Command Memory Limit</c>.</summary>
    public long? MemoryLimit
    {
        get;
        set
        {
            if (value is { } bytes)
            {
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
            }

            field = value;
        }
    }

    /// <summary>What the last run cost; of a run whose reader is still open, so far. Null before the first run.</summary>
    public MicromegasStatistics? Statistics
    {
        get => _reader?.Statistics ?? field;
        private set;
    }

    /// <inheritdoc />
    public override bool DesignTimeVisible { get; set; }

    /// <inheritdoc />
    public override UpdateRowSource UpdatedRowSource { get; set; } = UpdateRowSource.None;

    /// <summary>The transaction; it changes nothing.</summary>
    public new MicromegasTransaction? Transaction { get; set; }

    /// <inheritdoc />
    protected override DbConnection? DbConnection
    {
        get => Connection;
        set => Connection = value is null ? null : value as MicromegasConnection ?? throw new InvalidCastException($"A {nameof(MicromegasConnection)} is expected, not a {value.GetType()}.");
    }

    /// <inheritdoc />
    protected override DbParameterCollection DbParameterCollection => Parameters;

    /// <inheritdoc />
    protected override DbTransaction? DbTransaction
    {
        get => Transaction;
        set => Transaction = value is null ? null : value as MicromegasTransaction ?? throw new InvalidCastException($"A {nameof(MicromegasTransaction)} is expected, not a {value.GetType()}.");
    }

    /// <summary>Ends the running statement, if any; the call that waits for it throws a <see cref="MicromegasException"/> with SqlState 57014. May be called from any thread.</summary>
    public override void Cancel() => Volatile.Read(ref _execution)?.Cancel();

    /// <summary>Creates a parameter that belongs to no collection.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "Hides an instance method of the base class.")]
    public new MicromegasParameter CreateParameter() => new();

    /// <summary>Runs the statements to their end.</summary>
    /// <returns>The rows written; -1 when no statement writes.</returns>
    public override int ExecuteNonQuery() => Blocking.Wait(() => ExecuteNonQueryCoreAsync(CancellationToken.None));

    /// <inheritdoc cref="ExecuteNonQuery" />
    /// <param name="cancellationToken">Ends the statement.</param>
    public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken) => ExecuteNonQueryCoreAsync(cancellationToken).AsTask();

    /// <inheritdoc />
    public override object? ExecuteScalar() => Blocking.Wait(() => ExecuteScalarCoreAsync(CancellationToken.None));

    /// <inheritdoc />
    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken) => ExecuteScalarCoreAsync(cancellationToken).AsTask();

    /// <summary>Runs the statement.</summary>
    /// <param name="behavior">How the result is used.</param>
    public new MicromegasDataReader ExecuteReader(CommandBehavior behavior = CommandBehavior.Default)
        => Blocking.Wait(() => ExecuteReaderCoreAsync(behavior, CancellationToken.None));

    /// <summary>Runs the statement.</summary>
    /// <param name="cancellationToken">Ends the statement.</param>
    public new Task<MicromegasDataReader> ExecuteReaderAsync(CancellationToken cancellationToken = default)
        => ExecuteReaderCoreAsync(CommandBehavior.Default, cancellationToken).AsTask();

    /// <summary>Runs the statement.</summary>
    /// <param name="behavior">How the result is used.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    public new Task<MicromegasDataReader> ExecuteReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken = default)
        => ExecuteReaderCoreAsync(behavior, cancellationToken).AsTask();

    /// <summary>Parses, binds and plans the statement, so that its faults surface now. Nothing of the lake's events is read.</summary>
    public override void Prepare() => Blocking.Wait(() => PrepareCoreAsync(CancellationToken.None));

    /// <inheritdoc cref="Prepare" />
    /// <param name="cancellationToken">Ends the planning.</param>
    public override Task PrepareAsync(CancellationToken cancellationToken = default) => PrepareCoreAsync(cancellationToken).AsTask();

    /// <summary>A command with the same text, settings and connection and copies of the parameters.</summary>
    public MicromegasCommand Clone()
    {
        var clone = new MicromegasCommand(_commandText, _connection)
        {
            _commandTimeout = _commandTimeout,
            Range = Range,
            MemoryLimit = MemoryLimit,
            Transaction = Transaction,
            UpdatedRowSource = UpdatedRowSource,
            DesignTimeVisible = DesignTimeVisible,
        };
        foreach (MicromegasParameter parameter in Parameters)
        {
            clone.Parameters.Add(parameter.Clone());
        }

        return clone;
    }

    object ICloneable.Clone() => Clone();

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
    protected override DbParameter CreateDbParameter() => CreateParameter();

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
        using var execution = new CommandExecution(CommandTimeout);
        await ReaderStart.PrepareAsync(session, execution, CreateRequests, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<MicromegasDataReader> ExecuteReaderCoreAsync(CommandBehavior behavior, CancellationToken cancellationToken)
    {
        RequireRunnable();
        RequireIdle("the command again");
        var execution = new CommandExecution(CommandTimeout);
        Volatile.Write(ref _execution, execution);
        return ReaderStart.RunAsync(this, _connection!, execution, behavior, _commandText, CreateRequests, cancellationToken);
    }

    private QueryRequest[] CreateRequests(IQuerySession session) => RequestFactory.Create(
        session, _commandText, Parameters, Range ?? _connection!.Range, MemoryLimit ?? _connection!.Settings.CommandMemoryLimit, _connection!.SessionSettings, Warn);

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

        return string.IsNullOrWhiteSpace(_commandText)
            ? throw new InvalidOperationException("The command has no text.")
            : connection.Session;
    }

    private void RequireIdle(string what)
    {
        if (_reader is not null)
        {
            throw new InvalidOperationException($"Close the command's reader before setting or running {what}.");
        }
    }
}
