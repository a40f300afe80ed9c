using Micromegas.Columnar;
using Micromegas.Data.Diagnostics;
using Micromegas.Data.Execution;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Functions;
using Micromegas.Lake.Tables.Static;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Micromegas.Data;

/// <summary>Configures a <see cref="MicromegasDataSource"/>: a lake, and tables beside its views. Without a lake, the tables alone can be asked.</summary>
public sealed class MicromegasDataSourceBuilder
{
    private readonly Dictionary<string, ITable> _tables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _parquet = new(StringComparer.Ordinal);

    private readonly List<ScalarFunction> _functions = [];
    private readonly List<AggregateFunction> _aggregates = [];
    private readonly List<TableFunction> _tableFunctions = [];
    private readonly List<CustomView> _views = [];
    private readonly StaticTables _static = new();

    private ILoggerFactory? _loggers;
    private TimeSpan? _slowQueryThreshold;
    private TimeProvider? _clock;
    private Func<MicromegasConnection, CancellationToken, Task>? _configurator;

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

    /// <summary>
    /// Adds a file of JSON lines (one object a line) as a table, read as a stream. A file that has changed is read anew by the next statement; one that is missing
    /// or broken fails the statements that name its table, and no others.
    /// </summary>
    /// <param name="name">The name as statements see it: lower case unless they quote it.</param>
    /// <param name="file">Path of the file; a relative one follows the current directory.</param>
    /// <param name="schema">The columns: Booleans, integers, floats, texts, dates, timestamps. Null: found in the file; lists and objects are JSON text.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">The name is empty or taken, or a column has another type.</exception>
    public MicromegasDataSourceBuilder AddJsonLines(string name, string file, Schema? schema = null) => AddText(name, file, StaticFormat.JsonLines, schema);

    /// <summary>Adds a file of comma-separated values with a header as a table. Without quotes, an empty value is NULL.</summary>
    /// <inheritdoc cref="AddJsonLines" />
    public MicromegasDataSourceBuilder AddCsv(string name, string file, Schema? schema = null) => AddText(name, file, StaticFormat.Csv, schema);

    /// <summary>
    /// Adds every <c>.jsonl</c>, <c>.json</c> (a line an object), <c>.csv</c> and <c>.parquet</c> file of a folder as a table of the file's name; also those that come later.
    /// </summary>
    /// <param name="folder">Path of the folder; it may be missing.</param>
    /// <returns>This builder.</returns>
    public MicromegasDataSourceBuilder AddFolder(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        _static.AddFolder(Path.GetFullPath(folder));
        return this;
    }

    /// <summary>
    /// Adds a scalar function that is C# code. It takes and gives bool, int, long, float, double, string, byte[], <see cref="DateTime"/> (UTC) and
    /// <see cref="TimeSpan"/>. A Nullable parameter is called with NULL; for any other, NULL gives NULL without a call. Called by several threads at a time.
    /// </summary>
    /// <param name="name">The name as statements see it: lower case unless they quote it. It hides a function of that name.</param>
    /// <param name="function">The function. What it throws is SqlState 38000.</param>
    /// <param name="isDeterministic">Whether equal arguments give equal results, so that one call may serve many rows.</param>
    /// <returns>This builder.</returns>
    public MicromegasDataSourceBuilder AddFunction<T, TResult>(string name, Func<T, TResult> function, bool isDeterministic = true)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Add(name, name => _functions.Add(CustomFunctions.Scalar(name, function, isDeterministic)));
    }

    /// <inheritdoc cref="AddFunction{T, TResult}(string, Func{T, TResult}, bool)" />
    public MicromegasDataSourceBuilder AddFunction<T1, T2, TResult>(string name, Func<T1, T2, TResult> function, bool isDeterministic = true)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Add(name, name => _functions.Add(CustomFunctions.Scalar(name, function, isDeterministic)));
    }

    /// <inheritdoc cref="AddFunction{T, TResult}(string, Func{T, TResult}, bool)" />
    public MicromegasDataSourceBuilder AddFunction<T1, T2, T3, TResult>(string name, Func<T1, T2, T3, TResult> function, bool isDeterministic = true)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Add(name, name => _functions.Add(CustomFunctions.Scalar(name, function, isDeterministic)));
    }

    /// <summary>Adds an aggregate that folds the values of a group, NULLs left out, in no particular order. Types as for scalar functions.</summary>
    /// <param name="name">The name as statements see it.</param>
    /// <param name="seed">Makes the state of a group without values.</param>
    /// <param name="add">Adds a value.</param>
    /// <param name="result">The result of a state.</param>
    /// <returns>This builder.</returns>
    public MicromegasDataSourceBuilder AddAggregate<T, TState, TResult>(string name, Func<TState> seed, Func<TState, T, TState> add, Func<TState, TResult> result)
    {
        ArgumentNullException.ThrowIfNull(seed);
        ArgumentNullException.ThrowIfNull(add);
        ArgumentNullException.ThrowIfNull(result);
        return Add(name, name => _aggregates.Add(CustomFunctions.Aggregate(name, seed, add, result)));
    }

    /// <summary>Adds a table function: it stands in FROM and gives rows for the constant arguments of the call. The rows are asked for when a statement runs.</summary>
    /// <param name="name">The name as statements see it.</param>
    /// <param name="rows">From the arguments' values to the rows.</param>
    /// <param name="columns">The columns and how a row gives them.</param>
    /// <returns>This builder.</returns>
    public MicromegasDataSourceBuilder AddTableFunction<TRow>(
        string name, Func<IReadOnlyList<object?>, IEnumerable<TRow>> rows, params (Field Field, Func<TRow, object?> Value)[] columns)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(columns);
        return Add(name, name => _tableFunctions.Add(CustomFunctions.Table(name, rows, columns)));
    }

    /// <summary>
    /// Adds a view that SQL computes. The lake knows it as long as the program runs, for all its connections and for maintenance; add it in every program that
    /// shall see it, or use <c>CREATE MATERIALIZED VIEW</c>, which the lake remembers.
    /// </summary>
    /// <param name="view">The view. That its queries work is found out when the lake is opened (<see cref="MicromegasException"/>).</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">There is a view of that name already.</exception>
    public MicromegasDataSourceBuilder AddView(CustomView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (_views.Exists(other => other.Name == view.Name))
        {
            throw new ArgumentException($"There is already a view '{view.Name}'.", nameof(view));
        }
        _views.Add(view);
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

    /// <summary>
    /// Has each connection of the data source configured when it has been opened, before who opened it gets it: its <see cref="MicromegasConnection.Range"/>, settings
    /// (<c>SET</c>), tables that statements make. Several configurators run in the order in which they were added.
    /// </summary>
    /// <param name="configure">Gets the open connection. What it throws closes the connection and reaches who opened it.</param>
    /// <returns>This builder.</returns>
    public MicromegasDataSourceBuilder UseSessionConfigurator(Func<MicromegasConnection, CancellationToken, Task> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var before = _configurator;
        _configurator = before is null ? configure : async (connection, cancellationToken) =>
        {
            await before(connection, cancellationToken).ConfigureAwait(false);
            await configure(connection, cancellationToken).ConfigureAwait(false);
        };
        return this;
    }

    /// <summary>Creates the data source. Nothing is opened before its first connection.</summary>
    public MicromegasDataSource Build()
    {
        var settings = ConnectionSettings.Parse(ConnectionStringBuilder.ConnectionString);
        var diagnostics = _loggers is null && _slowQueryThreshold is null ? DiagnosticSettings.None : new DiagnosticSettings(_loggers ?? NullLoggerFactory.Instance, _slowQueryThreshold);
        var own = new OwnFunctions([.. _functions], [.. _aggregates], [.. _tableFunctions]);
        var plain = _tables.Count + _parquet.Count == 0 && own.IsEmpty && _views.Count == 0 && _static.IsEmpty && _loggers is null && _clock is null && settings.Text.Length > 0;
        return new MicromegasDataSource(
            settings,
            plain ? LakeSessions.Shared : new LakeSessions(new Dictionary<string, ITable>(_tables), new Dictionary<string, string[]>(_parquet), _loggers, _clock, own, [.. _views.Select(view => view.ToSpecification())], _static),
            diagnostics,
            _configurator);
    }

    private MicromegasDataSourceBuilder AddText(string name, string file, StaticFormat format, Schema? schema)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(file);
        try
        {
            return !_tables.ContainsKey(name) && !_parquet.ContainsKey(name) && _static.Add(name, Path.GetFullPath(file), format, schema)
                ? this
                : throw new ArgumentException($"There is already a table '{name}'.", nameof(name));
        }
        catch (EngineException e)
        {
            throw new ArgumentException(e.Message, nameof(schema), e);
        }
    }

    private MicromegasDataSourceBuilder Add(string name, Action<string> add)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        add(name);
        return this;
    }
}
