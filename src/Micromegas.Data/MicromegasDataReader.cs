using System.Collections;
using System.Collections.ObjectModel;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Micromegas.Columnar;
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
    private readonly MicromegasCommand _command;
    private readonly CommandExecution _execution;
    private readonly CommandBehavior _behavior;
    private readonly Schema _schema;
    private readonly ColumnReader[] _columns;
    private readonly IQueryResult? _result;
    private Dictionary<string, int>? _exactNames;
    private Dictionary<string, int>? _foldedNames;
    private Batch? _batch;
    private int _position = -1;
    private int _count;
    private int _row = -1;
    private bool _hasRows;
    private bool _started;
    private bool _ended;
    private bool _closed;

    internal MicromegasDataReader(MicromegasCommand command, CommandExecution execution, CommandBehavior behavior, Schema schema, IQueryResult? result)
    {
        _command = command;
        _execution = execution;
        _behavior = behavior;
        _schema = schema;
        _result = result;
        _ended = result is null;
        _columns = new ColumnReader[schema.Count];
        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i] = ColumnReaders.Create(schema[i]);
        }
    }

    /// <inheritdoc />
    public override int Depth => _closed ? throw Throw.ReaderClosed() : 0;

    /// <inheritdoc />
    public override int FieldCount => _closed ? throw Throw.ReaderClosed() : _columns.Length;

    /// <inheritdoc />
    public override bool HasRows => _closed ? throw Throw.ReaderClosed() : _hasRows;

    /// <inheritdoc />
    public override bool IsClosed => _closed;

    /// <summary>Rows that the statement inserted, updated or deleted (scratch tables); -1 for statements of other kinds.</summary>
    public override int RecordsAffected => (int)Math.Min(_result?.RecordsAffected ?? -1, int.MaxValue);

    /// <inheritdoc />
    public override object this[int ordinal] => GetValue(ordinal);

    /// <inheritdoc />
    public override object this[string name] => GetValue(GetOrdinal(name));

    /// <summary>What the statement cost so far.</summary>
    public MicromegasStatistics Statistics => _result?.Statistics ?? new MicromegasStatistics();

    /// <inheritdoc />
    public override bool Read()
    {
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
            return Task.FromCanceled<bool>(cancellationToken);
        }

        return MoveInBatch() ? Task.FromResult(true) : _ended ? Task.FromResult(false) : ReadNextBatchAsync(cancellationToken).AsTask();
    }

    /// <inheritdoc />
    public override bool NextResult() => Blocking.Wait(() => EndResultAsync());

    /// <inheritdoc />
    public override Task<bool> NextResultAsync(CancellationToken cancellationToken)
        => cancellationToken.IsCancellationRequested ? Task.FromCanceled<bool>(cancellationToken) : EndResultAsync().AsTask();

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
            : throw Throw.OutOfRange($"There is no column '{name}'; there are: {string.Join(", ", _schema.Fields.Select(static field => field.Name))}.");
    }

    /// <summary>The column's Arrow type as <c>arrow_typeof</c> prints it, such as <c>Timestamp(ns, "+00:00")</c>.</summary>
    /// <param name="ordinal">The column, from zero.</param>
    public override string GetDataTypeName(int ordinal) => Described(ordinal).Field.Type.ToString();

    /// <inheritdoc />
    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicFields)]
    [UnconditionalSuppressMessage("Trimming", "IL2073", Justification = "The CLR types of columns are those of the framework and of this assembly; their members are kept by the getters that return them.")]
    public override Type GetFieldType(int ordinal) => Described(ordinal).ClrType;

    /// <inheritdoc />
    public override DataTable? GetSchemaTable() => _closed ? throw Throw.ReaderClosed() : Reading.SchemaTable.Create(GetColumnSchema());

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
            ? Task.FromCanceled<ReadOnlyCollection<DbColumn>>(cancellationToken)
            : Task.FromResult(((IDbColumnSchemaGenerator)this).GetColumnSchema());

    /// <summary>Fetches the first batch, so that faults of the statement surface where it is executed and <see cref="HasRows"/> is known.</summary>
    internal async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        if (_result is not null)
        {
            await FetchAsync(cancellationToken).ConfigureAwait(false);
            _hasRows = _batch is not null;
        }
    }

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
        if (_batch is null || _position + 1 >= _count)
        {
            return false;
        }

        if (_started && (_behavior & CommandBehavior.SingleRow) != 0)
        {
            End();
            return false;
        }

        _started = true;
        _position++;
        _row = _batch.Selection is { } selection ? selection.Span[_position] : _position;
        return true;
    }

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
                _batch = await _execution.RunAsync(_result!, static (result, token) => result.ReadAsync(token), cancellationToken).ConfigureAwait(false);
            }
            while (_batch is { SelectedCount: 0 });
        }
        catch
        {
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
        _count = 0;
        foreach (var column in _columns)
        {
            column.Unbind();
        }
    }

    private async ValueTask<bool> EndResultAsync()
    {
        if (_closed)
        {
            throw Throw.ReaderClosed();
        }

        End();
        if (_result is not null)
        {
            await _result.DisposeAsync().ConfigureAwait(false);
        }

        return false;
    }

    private async ValueTask CloseCoreAsync()
    {
        if (_closed)
        {
            return;
        }

        End();
        _closed = true;
        try
        {
            if (_result is not null)
            {
                await _result.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _command.Finished(this, _execution, Statistics);
            _execution.Dispose();
            if ((_behavior & CommandBehavior.CloseConnection) != 0 && _command.Connection is { } connection)
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
            : throw Throw.OutOfRange($"There is no column {ordinal}; the result has {_columns.Length}.");
    }
}
