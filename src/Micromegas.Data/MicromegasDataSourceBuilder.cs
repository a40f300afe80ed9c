using Micromegas.Data.Diagnostics;
using Micromegas.Data.Execution;
using Micromegas.Engine.Catalog;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Micromegas.Data;

/// <summary>Configures a <see cref="MicromegasDataSource"/>: a lake, and tables beside its views. Without a lake, the tables alone can be asked.</summary>
public sealed class MicromegasDataSourceBuilder
{
    private readonly Dictionary<string, ITable> _tables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _parquet = new(StringComparer.Ordinal);

    private ILoggerFactory? _loggers;
    private TimeSpan? _slowQueryThreshold;
    private TimeProvider? _clock;

    /// <summary>Creates a builder.</summary>
    /// <param name="connectionString">See <see cref="MicromegasConnectionStringBuilder"/>; empty for tables without a lake.</param>
    /// <exception cref="ArgumentException">A keyword is unknown or a value has a wrong form.</exception>
    public MicromegasDataSourceBuilder(string? connectionString = null) => ConnectionStringBuilder = new(connectionString);

    /// <summary>The settings; may be changed until <see cref="Build"/>.</summary>
    public MicromegasConnectionStringBuilder ConnectionStringBuilder { get; }

    /// <summary>Adds a table that statements find by name.</summary>
    /// <param name="name">The name as statements see it: lower case unless they quote it.</param>
    /// <param name="table">The table.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">The name is empty or taken.</exception>
    public MicromegasDataSourceBuilder AddTable(string name, ITable table)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(table);
        if (_parquet.ContainsKey(name) || !_tables.TryAdd(name, table))
        {
            throw new ArgumentException($"There is already a table '{name}'.", nameof(name));
        }

        return this;
    }

    /// <summary>Adds Parquet files as one table. They are opened with the first connection; the first file's columns are the table's.</summary>
    /// <param name="name">The name as statements see it: lower case unless they quote it.</param>
    /// <param name="files">Paths of the files, at least one; relative ones follow the current directory.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">The name is empty or taken, or no file is named.</exception>
    public MicromegasDataSourceBuilder AddParquet(string name, params string[] files)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(files);
        if (files.Length == 0)
        {
            throw new ArgumentException("A table of Parquet files needs a file.", nameof(files));
        }
        if (_tables.ContainsKey(name) || !_parquet.TryAdd(name, Array.ConvertAll(files, Path.GetFullPath)))
        {
            throw new ArgumentException($"There is already a table '{name}'.", nameof(name));
        }

        return this;
    }

    /// <summary>Sends the messages of connections, commands and the lake to these loggers. The lake's go to the loggers of whoever opens it first in the process.</summary>
    /// <param name="loggerFactory">Makes the loggers; null for none.</param>
    /// <returns>This builder.</returns>
    public MicromegasDataSourceBuilder UseLoggerFactory(ILoggerFactory? loggerFactory)
    {
        _loggers = loggerFactory;
        return this;
    }

    /// <summary>Logs commands that take this long, from execution to the end of their reader, as warnings with what they cost (event 1105).</summary>
    /// <param name="threshold">The duration; not negative.</param>
    /// <returns>This builder.</returns>
    public MicromegasDataSourceBuilder LogSlowQueries(TimeSpan threshold)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, TimeSpan.Zero);
        _slowQueryThreshold = threshold;
        return this;
    }

    /// <summary>Says what time it is, for <c>now()</c> and, in a lake that this source opens first, for what is written. For tests, and questions as of a moment.</summary>
    /// <param name="timeProvider">The clock; null for the machine's.</param>
    /// <returns>This builder.</returns>
    public MicromegasDataSourceBuilder UseTimeProvider(TimeProvider? timeProvider)
    {
        _clock = timeProvider;
        return this;
    }

    /// <summary>Creates the data source. Nothing is opened before its first connection.</summary>
    public MicromegasDataSource Build()
    {
        var settings = ConnectionSettings.Parse(ConnectionStringBuilder.ConnectionString);
        var diagnostics = _loggers is null && _slowQueryThreshold is null ? DiagnosticSettings.None : new DiagnosticSettings(_loggers ?? NullLoggerFactory.Instance, _slowQueryThreshold);
        var plain = _tables.Count + _parquet.Count == 0 && _loggers is null && _clock is null && settings.Text.Length > 0;
        return new MicromegasDataSource(
            settings,
            plain ? LakeSessions.Shared : new LakeSessions(new Dictionary<string, ITable>(_tables), new Dictionary<string, string[]>(_parquet), _loggers, _clock),
            diagnostics);
    }
}
