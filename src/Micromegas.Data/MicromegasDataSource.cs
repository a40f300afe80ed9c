using System.Data.Common;
using Micromegas.Data.Diagnostics;
using Micromegas.Data.Execution;

namespace Micromegas.Data;

/// <summary>
/// A lake (and further tables) that connections are opened on. Thread-safe; keep one for the life of the program. Made by <see cref="Create"/> or by a
/// <see cref="MicromegasDataSourceBuilder"/>.
/// </summary>
public sealed class MicromegasDataSource : DbDataSource
{
    private readonly ConnectionSettings _settings;
    private readonly ISessionSource _source;

    private readonly DiagnosticSettings _diagnostics;
    private readonly Func<MicromegasConnection, CancellationToken, Task>? _configurator;

    internal MicromegasDataSource(
        ConnectionSettings settings, ISessionSource source, DiagnosticSettings? diagnostics = null, Func<MicromegasConnection, CancellationToken, Task>? configurator = null)
    {
        _configurator = configurator;
        _diagnostics = diagnostics ?? DiagnosticSettings.None;
        _settings = settings;
        _source = source;
    }

    /// <inheritdoc />
    public override string ConnectionString => _settings.Text;

    /// <summary>Creates a data source without further tables.</summary>
    /// <param name="connectionString">See <see cref="MicromegasConnectionStringBuilder"/>.</param>
    /// <exception cref="ArgumentException">A keyword is unknown or a value has a wrong form.</exception>
    public static MicromegasDataSource Create(string connectionString) => new MicromegasDataSourceBuilder(connectionString).Build();

    /// <summary>Creates a closed connection.</summary>
    public new MicromegasConnection CreateConnection() => new(_settings, _source, _diagnostics) { Configurator = _configurator };

    /// <summary>Opens a connection.</summary>
    public new MicromegasConnection OpenConnection()
    {
        var connection = CreateConnection();
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection.</summary>
    /// <param name="cancellationToken">Ends the opening.</param>
    public new async ValueTask<MicromegasConnection> OpenConnectionAsync(CancellationToken cancellationToken = default)
    {
        var connection = CreateConnection();
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The lake, for writers, maintenance and administration. It knows the views, tables and functions of this data source.</summary>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="InvalidOperationException">The connection string names no lake.</exception>
    /// <exception cref="MicromegasException">The lake cannot be opened, or a view does not work.</exception>
    public async Task<MicromegasLake> OpenLakeAsync(CancellationToken cancellationToken = default)
    {
        if (_settings.DataSource.Length == 0 || _source is not LakeSessions sessions)
        {
            throw new InvalidOperationException("The connection string names no lake.");
        }
        try
        {
            return new MicromegasLake((await sessions.OpenLakeAsync(_settings, cancellationToken).ConfigureAwait(false)).Host!, _settings.Text);
        }
        catch (Exception e) when (Faults.TryTranslate(e, out var translated))
        {
            throw translated;
        }
    }

    /// <inheritdoc />
    protected override DbConnection CreateDbConnection() => CreateConnection();

    /// <inheritdoc />
    protected override DbConnection OpenDbConnection() => OpenConnection();

    /// <inheritdoc />
    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default)
        => await OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
}
