using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Views;
using Micromegas.Parquet;
using Micromegas.Storage;

namespace Micromegas.Lake.Tables;

/// <summary>A row group of a partition file.</summary>
internal sealed class RowGroupMorsel : Morsel
{
    private readonly ViewDefinition _view;
    private readonly IReadOnlyList<int> _projection;
    private readonly TimeFilter _filter;
    private readonly IObjectStore _store;
    private readonly ParquetRowGroup _group;
    private readonly RowGroupReader _reader;
    private readonly Field[] _fields;
    private readonly QueryStatistics _statistics;

    public RowGroupMorsel(
        ViewDefinition view, IReadOnlyList<int> projection, TimeFilter filter, IObjectStore store, ParquetFile file, int group, QueryStatistics statistics)
    {
        _view = view;
        _projection = projection;
        _filter = filter;
        _store = store;
        _group = file.RowGroups[group];
        _statistics = statistics;
        _fields = FilteredRows.ColumnsToRead(projection, filter).Select(ordinal => view.Schema[ordinal]).ToArray();
        _reader = file.OpenRowGroup(group, _fields.Select(field => OrdinalIn(file, field)).ToArray());
    }

    public override long? RowCount => _group.RowCount;

    public override async ValueTask PrefetchAsync(CancellationToken cancellationToken)
    {
        await _reader.PrefetchAsync(_store, cancellationToken).ConfigureAwait(false);
        Interlocked.Add(ref _statistics.BytesRead, _reader.PrefetchSize);
    }

    public override MorselReader Open(QueryContext context) => new Reader(this, context.Options.BatchSize);

    public override void Dispose()
    {
        base.Dispose();
        _reader.Dispose();
    }

    private static int OrdinalIn(ParquetFile file, Field field)
    {
        int ordinal = file.Schema.IndexOf(field.Name);
        return ordinal >= 0 && file.Schema[ordinal].Type.Storage == field.Type.Storage && file.Schema[ordinal].Type.FlatSize == field.Type.FlatSize
            ? ordinal
            : throw new LakeException("XX001", $"partition file '{file.Key}' has no column '{field.Name}' of type {field.Type}");
    }

    private sealed class Reader(RowGroupMorsel morsel, int batchSize) : MorselReader
    {
        private readonly FilteredRows _rows = new(morsel._view, morsel._projection, morsel._filter);
        private readonly Vector[] _columns = new Vector[morsel._fields.Length];
        private long _left = morsel._group.RowCount;

        public override Batch? Next()
        {
            if (_left == 0)
            {
                return null;
            }
            int rows = (int)Math.Min(batchSize, _left);
            for (int i = 0; i < _columns.Length; i++)
            {
                _columns[i] = Labelled(morsel._reader.Column(i).Read(rows), morsel._fields[i].Type);
            }
            _left -= rows;
            return _rows.Cut(_columns, rows);
        }

        public override void Dispose()
        {
            base.Dispose();
            _rows.Dispose();
        }

        /// <summary>Files do not say which binaries are JSONB; the view does.</summary>
        private static Vector Labelled(Vector vector, DataType type)
        {
            if (!ReferenceEquals(vector.Type, type))
            {
                vector.Relabel(type);
                if (vector is DictionaryVector dictionary && !ReferenceEquals(dictionary.Values.Type, type.ValueType))
                {
                    dictionary.Values.Relabel(type.ValueType);
                }
            }
            return vector;
        }
    }
}
