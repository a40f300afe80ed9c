using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Micromegas.Data.Diagnostics;
using Micromegas.Data.Execution;
using Micromegas.Engine.Statements;
using Micromegas.Lake;

namespace Micromegas.Data;

/// <summary>
/// A handle on a telemetry lake. Opening and closing one costs next to nothing: catalogue, caches and workers belong to the lake and are shared by
/// all connections of the process. Several commands and readers may be active on one connection at a time, but a connection is not thread-safe.
/// </summary>
public sealed class MicromegasConnection : DbConnection, ICloneable
{
    private readonly ISessionSource _source;
    private readonly Lock _gate = new();
    private List<MicromegasDataReader>? _readers;
    private ConnectionSettings _settings;
    private IQuerySession? _session;
    private ConnectionState _state = ConnectionState.Closed;
    private bool _disposed;
    private static readonly StateChangeEventArgs OpenedChange = new(ConnectionState.Closed, ConnectionState.Open);
    private static readonly StateChangeEventArgs ClosedChange = new(ConnectionState.Open, ConnectionState.Closed);

    /// <summary>Creates a closed connection without a connection string.</summary>
    public MicromegasConnection()
        : this("")
    {
    }

    /// <summary>Creates a closed connection.</summary>
    /// <param name="connectionString">See <see cref="MicromegasConnectionStringBuilder"/>.</param>
    /// <exception cref="ArgumentException">A keyword is unknown or a value has a wrong form.</exception>
    public MicromegasConnection(string? connectionString)
        : this(ConnectionSettings.Parse(connectionString ?? ""), LakeSessions.Shared)
    {
    }

    internal MicromegasConnection(ConnectionSettings settings, ISessionSource source, DiagnosticSettings? diagnostics = null)
    {
        _settings = settings;
        _source = source;
        Diagnostics = diagnostics ?? DiagnosticSettings.None;
    }

    /// <summary>Warnings of all commands of the connection, such as blocks that could not be decoded. May be raised on any thread.</summary>
    public event EventHandler<MicromegasInfoMessageEventArgs>? InfoMessage;

    /// <inheritdoc />
    [AllowNull]
    public override string ConnectionString
    {
        get => _settings.Text;
        set
        {
            if (_state != ConnectionState.Closed)
            {
                throw new InvalidOperationException("The connection string cannot be changed while the connection is open.");
            }

            _settings = ConnectionSettings.Parse(value ?? "");
            Range = null;
        }
    }

    /// <summary>The query range of commands that set none; null means the one of the connection string.</summary>
    public MicromegasRange? Range
    {
        get => field ?? _settings.Range;
        set;
    }

    /// <summary><c>main</c>, as a lake is one database; empty as long as no lake is named.</summary>
    public override string Database => _state == ConnectionState.Closed && _settings.DataSource.Length == 0 ? "" : "main";

    /// <inheritdoc />
    public override string DataSource => _settings.PublicDataSource;

    /// <summary>The version of this library.</summary>
    /// <exception cref="InvalidOperationException">The connection is not open.</exception>
    public override string ServerVersion => _state == ConnectionState.Open ? LibraryVersion.Text : throw Throw.NotOpen(this);

    /// <inheritdoc />
    public override ConnectionState State => _state;

    /// <summary>Always 0: opening has no time-out of its own. That of commands is <c>Command Timeout</c> of the connection string.</summary>
    public override int ConnectionTimeout => 0;

    /// <inheritdoc />
    protected override DbProviderFactory DbProviderFactory => MicromegasFactory.Instance;

    internal ConnectionSettings Settings => _settings;

    internal DiagnosticSettings Diagnostics { get; }

    /// <summary>What the data source does to each of its connections when it has been opened.</summary>
    internal Func<MicromegasConnection, CancellationToken, Task>? Configurator { get; init; }

    /// <inheritdoc />
    public override void Open() => Blocking.Wait(() => OpenCoreAsync(CancellationToken.None));

    /// <inheritdoc />
    public override Task OpenAsync(CancellationToken cancellationToken)
        => cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken) : OpenCoreAsync(cancellationToken).AsTask();

    /// <inheritdoc />
    public override void Close()
    {
        if (_state != ConnectionState.Closed)
        {
            Blocking.Wait(() => CloseCoreAsync());
        }
    }

    /// <inheritdoc />
    public override Task CloseAsync() => _state == ConnectionState.Closed ? Task.CompletedTask : CloseCoreAsync().AsTask();

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Not supported: a lake is one database.</summary>
    /// <param name="databaseName">Not used.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void ChangeDatabase(string databaseName)
        => throw new NotSupportedException("A lake is one database; open another connection to ask another lake.");

    /// <summary>
    /// Closes the lakes that this process holds open; what still runs on them fails. A lake otherwise stays open when its last connection closes, so that the
    /// next one costs nothing. Call it before moving or deleting a lake's directory.
    /// </summary>
    public static ValueTask ClearAllPoolsAsync() => LakeHosts.CloseAllAsync();

    /// <summary>Does for the lake of one connection what <see cref="ClearAllPoolsAsync"/> does for all.</summary>
    /// <param name="connection">The connection.</param>
    public static ValueTask ClearPoolAsync(MicromegasConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return LakeHosts.CloseAsync(connection._settings.ResolveLake());
    }

    /// <summary>Creates a command on this connection.</summary>
    public new MicromegasCommand CreateCommand() => new() { Connection = this };

    /// <summary>Creates a command on this connection.</summary>
    /// <param name="commandText">The statement.</param>
    public MicromegasCommand CreateCommand(string commandText) => new(commandText, this);

    /// <summary>Creates a batch on this connection.</summary>
    public new MicromegasBatch CreateBatch() => new(this);

    /// <inheritdoc />
    public override bool CanCreateBatch => true;

    /// <summary>A closed connection with the same connection string and source.</summary>
    public MicromegasConnection Clone() => new(_settings, _source, Diagnostics) { Range = Range };

    object ICloneable.Clone() => Clone();

    /// <inheritdoc />
    public override DataTable GetSchema() => GetSchema(DbMetaDataCollectionNames.MetaDataCollections);

    /// <inheritdoc />
    public override DataTable GetSchema(string collectionName) => GetSchema(collectionName, []);

    /// <inheritdoc />
    public override DataTable GetSchema(string collectionName, string?[] restrictionValues)
        => Blocking.Wait(() => Metadata.SchemaCollections.GetAsync(this, collectionName, restrictionValues ?? [], CancellationToken.None));

    /// <inheritdoc />
    public override Task<DataTable> GetSchemaAsync(CancellationToken cancellationToken = default)
        => GetSchemaAsync(DbMetaDataCollectionNames.MetaDataCollections, cancellationToken);

    /// <inheritdoc />
    public override Task<DataTable> GetSchemaAsync(string collectionName, CancellationToken cancellationToken = default)
        => GetSchemaAsync(collectionName, [], cancellationToken);

    /// <inheritdoc />
    public override Task<DataTable> GetSchemaAsync(string collectionName, string?[] restrictionValues, CancellationToken cancellationToken = default)
        => cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<DataTable>(cancellationToken)
            : Metadata.SchemaCollections.GetAsync(this, collectionName, restrictionValues ?? [], cancellationToken).AsTask();

    /// <summary>What SET has set since the connection was opened.</summary>
    internal SessionSettings SessionSettings { get; private set; } = new();

    internal IQuerySession Session => _session ?? throw Throw.NotOpen(this);

    internal void Opened(MicromegasDataReader reader)
    {
        lock (_gate)
        {
            (_readers ??= []).Add(reader);
        }
    }

    internal void Closed(MicromegasDataReader reader)
    {
        lock (_gate)
        {
            _readers?.Remove(reader);
        }
    }

    internal void Warn(MicromegasInfoMessageEventArgs message)
    {
        Log.CommandWarning(Diagnostics.Commands, message.Info.Message);
        InfoMessage?.Invoke(this, message);
    }

    /// <inheritdoc />
    protected override DbCommand CreateDbCommand() => CreateCommand();

    /// <inheritdoc />
    protected override DbBatch CreateDbBatch() => CreateBatch();

    /// <summary>
    /// Begins a transaction, which keeps ADO.NET's contract and gives no further guarantee: each statement sees the lake as it is when it runs, and what it writes into
    /// scratch tables stays. Ambient transactions (<c>TransactionScope</c>) are ignored.
    /// </summary>
    /// <param name="isolationLevel">Any level.</param>
    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel)
    {
        if (_state != ConnectionState.Open)
        {
            throw Throw.NotOpen(this);
        }

        if (CurrentTransaction is not null)
        {
            throw new InvalidOperationException("The connection has an open transaction; transactions do not nest.");
        }

        return CurrentTransaction = new MicromegasTransaction(this, isolationLevel);
    }

    internal MicromegasTransaction? CurrentTransaction { get; set; }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            Close();
            _disposed = true;
        }

        base.Dispose(disposing);
    }

    private async ValueTask OpenCoreAsync(CancellationToken cancellationToken)
    {
        if (_state != ConnectionState.Closed)
        {
            throw new InvalidOperationException("The connection is already open.");
        }

        if (_settings.Text.Length == 0 && ReferenceEquals(_source, LakeSessions.Shared))
        {
            throw new InvalidOperationException("The connection has no connection string.");
        }

        try
        {
            SetState(ConnectionState.Connecting);
            _session = await _source.OpenAsync(_settings, cancellationToken).ConfigureAwait(false);
            SessionSettings = new SessionSettings();
        }
        catch (Exception e)
        {
            SetState(ConnectionState.Closed);
            Log.ConnectionFailed(Diagnostics.Connections, DataSource, e);
            if (Faults.TryTranslate(e, out var translated))
            {
                throw translated;
            }

            throw;
        }

        SetState(ConnectionState.Open);
        Log.ConnectionOpened(Diagnostics.Connections, DataSource);
        if (Configurator is { } configure)
        {
            try
            {
                await configure(this, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await CloseCoreAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    private async ValueTask CloseCoreAsync()
    {
        MicromegasDataReader[] readers;
        lock (_gate)
        {
            readers = _readers is null ? [] : [.. _readers];
        }

        foreach (var reader in readers)
        {
            await reader.AbortAsync().ConfigureAwait(false);
        }

        CurrentTransaction?.Abandon();
        if (_session is { } session)
        {
            _session = null;
            await session.DisposeAsync().ConfigureAwait(false);
        }

        SetState(ConnectionState.Closed);
        Log.ConnectionClosed(Diagnostics.Connections, DataSource);
    }

    private void SetState(ConnectionState state)
    {
        var previous = _state;
        _state = state;

        // Connecting is visible in State only: listeners expect Closed -> Open, as from other providers.
        if (state == ConnectionState.Open || (state == ConnectionState.Closed && previous == ConnectionState.Open))
        {
            OnStateChange(state == ConnectionState.Open ? OpenedChange : ClosedChange);
        }
    }
}
