using System.Collections;
using System.Collections.ObjectModel;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Micromegas.Columnar;
using Micromegas.Data.Diagnostics;
using Micromegas.Data.Execution;
using Micromegas.Data.Reading;

namespace Micromegas.Data;

/// <summary>
/// Reads the rows of a result as they are produced; a result that is read slowly slows its statement down instead of filling memory.
/// Not thread-safe, as all of ADO.NET.
/// </summary>
[SuppressMessage("Design", "CA1010", Justification = "The base class enumerates as ADO.NET prescribes.")]
[SuppressMessage("Naming", "CA1710", Justification = "ADO.NET's name.")]
public sealed partial class MicromegasDataReader : DbDataReader, IDbColumnSchemaGenerator
{
    private readonly CommandRunner _runner;
    private readonly CommandExecution _execution;
    private readonly CommandBehavior _behavior;
    private readonly StatementSequence _statements;
    private readonly CommandTrace? _trace;
    private ColumnReader[] _columns = [];
    private Dictionary<string, int>? _exactNames;
    private Dictionary<string, int>? _foldedNames;
    private Batch? _batch;
    private int _position = -1;
    private int _count;
    private int _row = -1;

    // The end of a batch that is being read row by row without further ado; else 0.
    private int _plainEnd;
    private bool _hasRows;
    private bool _started;
    private bool _ended;
    private bool _closed;
    private bool _faulted;
    private bool _handedOver;

    internal MicromegasDataReader(CommandRunner runner, CommandExecution execution, CommandBehavior behavior, StatementSequence statements, CommandTrace? trace)
    {
        _runner = runner;
        _execution = execution;
        _behavior = behavior;
        _statements = statements;
        _trace = trace;
        _ended = true;
    }

    /// <inheritdoc />
    public override int Depth => _closed ? throw Throw.ReaderClosed() : 0;

    /// <inheritdoc />
    public override int FieldCount => _closed ? throw Throw.ReaderClosed() : _columns.Length;

    /// <inheritdoc />
    public override bool HasRows => _closed ? throw Throw.ReaderClosed() : _hasRows;

    /// <inheritdoc />
    public override bool IsClosed => _closed;

    /// <summary>Rows that the statements run so far have written; -1 when none of them writes.</summary>
    public override int RecordsAffected => (int)Math.Min(_statements.RecordsAffected, int.MaxValue);

    /// <inheritdoc />
    public override object this[int ordinal] => GetValue(ordinal);

    /// <inheritdoc />
    public override object this[string name] => GetValue(GetOrdinal(name));

    /// <summary>What the statements cost so far.</summary>
    public MicromegasStatistics Statistics => _statements.Statistics;

    /// <inheritdoc />
    public override bool Read()
    {
        if (_row + 1 < _plainEnd)
        {
            _row++;
            return true;
        }

        if (_closed)
        {
            throw Throw.ReaderClosed();
        }

        return MoveInBatch() || (!_ended && Blocking.Wait(() => ReadNextBatchAsync(CancellationToken.None)));
    }

    /// <inheritdoc />
    public override Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (_closed)
        {
            return Task.FromException<bool>(Throw.ReaderClosed());
        }

        if (cancellationToken.IsCancellationRequested)
        {
            // With rows still in hand too: a cancelled token ends the statement as it does while a row is waited for.
            return _ended ? CancelledAsync<bool>(cancellationToken) : ReadNextBatchAsync(cancellationToken).AsTask();
        }

        return MoveInBatch() ? Task.FromResult(true) : _ended ? Task.FromResult(false) : ReadNextBatchAsync(cancellationToken).AsTask();
    }

    /// <inheritdoc />
    public override bool NextResult() => Blocking.Wait(() => NextResultCoreAsync(CancellationToken.None));

    /// <inheritdoc />
    public override Task<bool> NextResultAsync(CancellationToken cancellationToken)
        => cancellationToken.IsCancellationRequested ? CancelledAsync<bool>(cancellationToken) : NextResultCoreAsync(cancellationToken).AsTask();

    /// <inheritdoc />
    public override void Close() => Blocking.Wait(() => CloseCoreAsync());

    /// <inheritdoc />
    public override Task CloseAsync() => CloseCoreAsync().AsTask();

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        await CloseCoreAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc />
    public override IEnumerator GetEnumerator() => _closed ? throw Throw.ReaderClosed() : new DbEnumerator(this, (_behavior & CommandBehavior.CloseConnection) != 0);

    /// <inheritdoc />
    public override string GetName(int ordinal) => Described(ordinal).Field.Name;

    /// <inheritdoc />
    public override int GetOrdinal(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_closed)
        {
            throw Throw.ReaderClosed();
        }

        if (_exactNames is null)
        {
            _exactNames = new Dictionary<string, int>(_columns.Length, StringComparer.Ordinal);
            _foldedNames = new Dictionary<string, int>(_columns.Length, StringComparer.OrdinalIgnoreCase);
            for (var i = 0; i < _columns.Length; i++)
            {
                _exactNames.TryAdd(_columns[i].Field.Name, i);
                _foldedNames.TryAdd(_columns[i].Field.Name, i);
            }
        }

        return _exactNames.TryGetValue(name, out var ordinal) || _foldedNames!.TryGetValue(name, out ordinal)
            ? ordinal
            : throw Throw.OutOfRange($"There is no column '{name}'; there are: {string.Join(", ", _columns.Select(static column => column.Field.Name))}.");
    }

    /// <summary>The column's Arrow type as <c>arrow_typeof</c> prints it, such as <c>Timestamp(ns, "+00:00")</c>.</summary>
    /// <param name="ordinal">The column, from zero.</param>
    public override string GetDataTypeName(int ordinal) => Described(ordinal).Field.Type.ToString();

    /// <inheritdoc />
    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicFields)]
    [UnconditionalSuppressMessage("Trimming", "IL2073", Justification = "The CLR types of columns are those of the framework and of this assembly; their members are kept by the getters that return them.")]
    public override Type GetFieldType(int ordinal) => Described(ordinal).ClrType;

    /// <inheritdoc />
    public override DataTable? GetSchemaTable() => _closed ? throw Throw.ReaderClosed() : _columns.Length == 0 ? null : Reading.SchemaTable.Create(GetColumnSchema());

    /// <summary>The columns of the result, each with its Arrow field.</summary>
    public ReadOnlyCollection<MicromegasDbColumn> GetColumnSchema()
    {
        if (_closed)
        {
            throw Throw.ReaderClosed();
        }

        var columns = new MicromegasDbColumn[_columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = new MicromegasDbColumn(i, _columns[i]);
        }

        return Array.AsReadOnly(columns);
    }

    ReadOnlyCollection<DbColumn> IDbColumnSchemaGenerator.GetColumnSchema() => GetColumnSchema().ToList<DbColumn>().AsReadOnly();

    /// <inheritdoc />
    public override Task<ReadOnlyCollection<DbColumn>> GetColumnSchemaAsync(CancellationToken cancellationToken = default)
        => cancellationToken.IsCancellationRequested
            ? CancelledAsync<ReadOnlyCollection<DbColumn>>(cancellationToken)
            : Task.FromResult(((IDbColumnSchemaGenerator)this).GetColumnSchema());

    /// <summary>Goes to the first result, so that faults of the statement surface where it is executed.</summary>
    internal async ValueTask StartAsync(CancellationToken cancellationToken) => await NextResultCoreAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Closes the reader without running the statements that are left.</summary>
    internal ValueTask AbortAsync() => CloseCoreAsync(abort: true);

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Close();
        }

        base.Dispose(disposing);
    }

    private bool MoveInBatch()
    {
        if (_plainEnd > 0)
        {
            _position = _row;
        }

        if (_batch is null || _position + 1 >= _count)
        {
            return false;
        }

        if (_handedOver)
        {
            throw new InvalidOperationException("This result is read by batches.");
        }

        if (_started && (_behavior & CommandBehavior.SingleRow) != 0)
        {
            End();
            return false;
        }

        _started = true;
        _position++;
        if (_batch.Selection is { } selection)
        {
            _row = selection.Span[_position];
            return true;
        }

        _row = _position;
        _plainEnd = (_behavior & CommandBehavior.SingleRow) == 0 ? _count : 0;
        return true;
    }

    private static async Task<T> CancelledAsync<T>(CancellationToken cancellationToken)
        => await Task.FromException<T>(CommandExecution.CancelledBefore(cancellationToken)).ConfigureAwait(false);

    private async ValueTask<bool> ReadNextBatchAsync(CancellationToken cancellationToken)
    {
        await FetchAsync(cancellationToken).ConfigureAwait(false);
        return MoveInBatch();
    }

    private async ValueTask FetchAsync(CancellationToken cancellationToken)
    {
        try
        {
            do
            {
                _row = -1;
                _position = -1;
                _plainEnd = 0;
                _batch = await _statements.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            while (_batch is { SelectedCount: 0 });
        }
        catch (Exception e)
        {
            _trace?.Fail(e);
            _faulted = true;
            End();
            throw;
        }

        if (_batch is null)
        {
            End();
            return;
        }

        _count = _batch.SelectedCount;
        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i].Bind(_batch.Columns[i]);
        }
    }

    private void End()
    {
        _ended = true;
        _batch = null;
        _row = -1;
        _position = -1;
        _plainEnd = 0;
        _count = 0;
        foreach (var column in _columns)
        {
            column.Unbind();
        }
    }

    private async ValueTask<bool> NextResultCoreAsync(CancellationToken cancellationToken)
    {
        if (_closed)
        {
            throw Throw.ReaderClosed();
        }

        End();
        _columns = [];
        _exactNames = null;
        _foldedNames = null;
        _started = false;
        _handedOver = false;
        _hasRows = false;
        try
        {
            if (!await _statements.MoveNextAsync(cancellationToken).ConfigureAwait(false))
            {
                return false;
            }
        }
        catch (Exception e)
        {
            _trace?.Fail(e);
            _faulted = true;
            throw;
        }

        var schema = _statements.Schema;
        _columns = new ColumnReader[schema.Count];
        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i] = ColumnReaders.Create(schema[i]);
        }

        if (_statements.IsRunning)
        {
            // The first batch, so that HasRows is known.
            _ended = false;
            await FetchAsync(cancellationToken).ConfigureAwait(false);
            _hasRows = _batch is not null;
        }

        return true;
    }

    private async ValueTask CloseCoreAsync(bool abort = false)
    {
        if (_closed)
        {
            return;
        }

        End();
        _closed = true;
        try
        {
            if (abort || _faulted)
            {
                await _statements.AbortAsync().ConfigureAwait(false);
            }
            else
            {
                await _statements.FinishAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            var statistics = Statistics;
            _trace?.End(statistics);
            _runner.Finished(this, _execution, statistics);
            _execution.Dispose();
            if ((_behavior & CommandBehavior.CloseConnection) != 0 && _runner.Connection is { } connection)
            {
                await connection.CloseAsync().ConfigureAwait(false);
            }
        }
    }

    private ColumnReader Described(int ordinal)
    {
        if (_closed)
        {
            throw Throw.ReaderClosed();
        }

        return (uint)ordinal < (uint)_columns.Length
            ? _columns[ordinal]
            : throw (_columns.Length == 0 ? Throw.NoResult() : Throw.OutOfRange($"There is no column {ordinal}; the result has {_columns.Length}."));
    }
}
