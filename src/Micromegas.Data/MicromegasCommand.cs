using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Micromegas.Data.Execution;
using Micromegas.Data.Types;

namespace Micromegas.Data;

/// <summary>One statement or several, separated by semicolons, with their parameters. Several give their results one after the other (<see cref="DbDataReader.NextResult"/>).</summary>
public sealed partial class MicromegasCommand : DbCommand, ICloneable, IRunnable
{
    private readonly CommandRunner _runner;
    private string _commandText = "";

    /// <summary>Creates a command without text and connection.</summary>
    public MicromegasCommand() => _runner = new CommandRunner(this);

    /// <summary>Creates a command.</summary>
    /// <param name="commandText">The statement.</param>
    /// <param name="connection">The connection that runs it.</param>
    public MicromegasCommand(string? commandText, MicromegasConnection? connection = null)
    {
        _runner = new CommandRunner(this) { Connection = connection };
        _commandText = commandText ?? "";
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
            _runner.RequireIdle(nameof(CommandText));
            _commandText = value ?? "";
        }
    }

    /// <summary>Seconds that each call may wait for the statement (execution, and each read); 0 waits for ever. The default is that of the connection string.</summary>
    public override int CommandTimeout
    {
        get => _runner.Timeout;
        set => _runner.Timeout = value;
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
        get => _runner.Connection;
        set => _runner.Connection = value;
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
    public MicromegasStatistics? Statistics => _runner.Statistics;

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
    public override void Cancel() => _runner.Cancel();

    /// <summary>Creates a parameter that belongs to no collection.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "Hides an instance method of the base class.")]
    public new MicromegasParameter CreateParameter() => new();

    /// <summary>Runs the statements to their end.</summary>
    /// <returns>The rows written; -1 when no statement writes.</returns>
    public override int ExecuteNonQuery() => Blocking.Wait(() => _runner.ExecuteNonQueryAsync(CancellationToken.None));

    /// <inheritdoc cref="ExecuteNonQuery" />
    /// <param name="cancellationToken">Ends the statement.</param>
    public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken) => _runner.ExecuteNonQueryAsync(cancellationToken).AsTask();

    /// <inheritdoc />
    public override object? ExecuteScalar() => Blocking.Wait(() => _runner.ExecuteScalarAsync(CancellationToken.None));

    /// <inheritdoc />
    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken) => _runner.ExecuteScalarAsync(cancellationToken).AsTask();

    /// <summary>Runs the statement.</summary>
    /// <param name="behavior">How the result is used.</param>
    public new MicromegasDataReader ExecuteReader(CommandBehavior behavior = CommandBehavior.Default)
        => Blocking.Wait(() => _runner.ExecuteReaderAsync(behavior, CancellationToken.None));

    /// <summary>Runs the statement.</summary>
    /// <param name="cancellationToken">Ends the statement.</param>
    public new Task<MicromegasDataReader> ExecuteReaderAsync(CancellationToken cancellationToken = default)
        => _runner.ExecuteReaderAsync(CommandBehavior.Default, cancellationToken).AsTask();

    /// <summary>Runs the statement.</summary>
    /// <param name="behavior">How the result is used.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    public new Task<MicromegasDataReader> ExecuteReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken = default)
        => _runner.ExecuteReaderAsync(behavior, cancellationToken).AsTask();

    /// <summary>
    /// Parses, binds and plans the statement, so that its faults surface now; runs that follow use the plan as long as names, settings and the values of parameters mean
    /// the same. Nothing of the lake's events is read.
    /// </summary>
    public override void Prepare() => Blocking.Wait(() => _runner.PrepareAsync(CancellationToken.None));

    /// <inheritdoc cref="Prepare" />
    /// <param name="cancellationToken">Ends the planning.</param>
    public override Task PrepareAsync(CancellationToken cancellationToken = default) => _runner.PrepareAsync(cancellationToken).AsTask();

    /// <summary>A command with the same text, settings and connection and copies of the parameters.</summary>
    public MicromegasCommand Clone()
    {
        var clone = new MicromegasCommand(_commandText)
        {
            Range = Range,
            MemoryLimit = MemoryLimit,
            Transaction = Transaction,
            UpdatedRowSource = UpdatedRowSource,
            DesignTimeVisible = DesignTimeVisible,
        };
        _runner.CopyTo(clone._runner);
        foreach (MicromegasParameter parameter in Parameters)
        {
            clone.Parameters.Add(parameter.Clone());
        }

        return clone;
    }

    object ICloneable.Clone() => Clone();

    string IRunnable.Kind => "command";

    string IRunnable.Text => _commandText;

    string? IRunnable.Missing => string.IsNullOrWhiteSpace(_commandText) ? "The command has no text." : null;

    void IRunnable.Inform(MicromegasInfoMessageEventArgs message) => InfoMessage?.Invoke(this, message);

    QueryRequest[] IRunnable.CreateRequests(IQuerySession session)
    {
        var connection = Connection!;
        return RequestFactory.Create(
            session, _commandText, Parameters, Range ?? connection.Range, MemoryLimit ?? connection.Settings.CommandMemoryLimit, connection.SessionSettings, _runner.Warn);
    }

    /// <inheritdoc />
    protected override DbParameter CreateDbParameter() => CreateParameter();

    /// <inheritdoc />
    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => ExecuteReader(behavior);

    /// <inheritdoc />
    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
        => await _runner.ExecuteReaderAsync(behavior, cancellationToken).ConfigureAwait(false);
}
