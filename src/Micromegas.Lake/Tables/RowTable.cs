using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tables;

/// <summary>A table whose rows come as objects when a statement runs: what the catalogue knows, not what files hold.</summary>
/// <param name="columns">All columns; only those that a scan asks for are built.</param>
/// <param name="load">Gives the rows that the conditions ask for and that the query range lets through, piece by piece.</param>
internal sealed class RowTable<TRow>(
    IReadOnlyList<RowColumn<TRow>> columns, Func<RowConditions, CancellationToken, IAsyncEnumerable<IReadOnlyList<TRow>>> load) : ITable
{
    /// <param name="columns">All columns; only those that a scan asks for are built.</param>
    /// <param name="load">Gives the rows that the conditions ask for and that the query range lets through, at once.</param>
    public RowTable(IReadOnlyList<RowColumn<TRow>> columns, Func<RowConditions, CancellationToken, ValueTask<IReadOnlyList<TRow>>> load)
        : this(columns, (conditions, ct) => AtOnceAsync(load(conditions, ct)))
    {
    }

    public Schema Schema { get; } = new(columns.Select(c => c.Field).ToArray());

    /// <summary>A guess: rows of the catalogue are few beside those of views (<see cref="ViewTable.Statistics"/>).</summary>
    public TableStatistics? Statistics { get; } = new(10_000, IsExact: false);

    public ValueTask<ScanPlan> PlanScanAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ValueTask.FromResult<ScanPlan>(new Scan(this, request));
    }

    private sealed class Scan(RowTable<TRow> table, ScanRequest request) : ScanPlan
    {
        // Enough rows that a morsel is worth a worker's attention.
        private const int MorselRows = 16 * 1024;

        public override IReadOnlyList<bool> ExactPredicates { get; } = new bool[request.Predicates.Count];

        public override async IAsyncEnumerable<Morsel> OpenAsync(QueryContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            RowColumn<TRow>[] projected = request.Projection.Select(ordinal => table.Columns[ordinal]).ToArray();
            await foreach (IReadOnlyList<TRow> rows in table.Load(new RowConditions(request, table.Schema), cancellationToken).ConfigureAwait(false))
            {
                for (int first = 0; first < rows.Count; first += MorselRows)
                {
                    yield return new RowMorsel(projected, rows, first, Math.Min(first + MorselRows, rows.Count));
                }
            }
        }
    }

    private IReadOnlyList<RowColumn<TRow>> Columns => columns;

    private IAsyncEnumerable<IReadOnlyList<TRow>> Load(RowConditions conditions, CancellationToken ct) => load(conditions, ct);

    private static async IAsyncEnumerable<IReadOnlyList<TRow>> AtOnceAsync(ValueTask<IReadOnlyList<TRow>> rows)
    {
        yield return await rows.ConfigureAwait(false);
    }

    private sealed class RowMorsel(RowColumn<TRow>[] columns, IReadOnlyList<TRow> rows, int first, int end) : Morsel
    {
        public override long? RowCount => end - first;

        public override MorselReader Open(QueryContext context) => new Reader(columns, rows, first, end, context.Options.BatchSize);
    }

    private sealed class Reader(RowColumn<TRow>[] columns, IReadOnlyList<TRow> rows, int position, int end, int batchSize) : MorselReader
    {
        private readonly Schema _schema = new(columns.Select(c => c.Field).ToArray());
        private readonly VectorBuilder[] _builders = columns.Select(c => VectorBuilder.Create(c.Field.Type)).ToArray();
        private Batch? _batch;
        private int _position = position;

        public override Batch? Next()
        {
            Release();
            int stop = Math.Min(_position + batchSize, end);
            if (stop == _position)
            {
                return null;
            }
            for (int c = 0; c < columns.Length; c++)
            {
                Action<VectorBuilder, TRow> append = columns[c].Append;
                for (int i = _position; i < stop; i++)
                {
                    append(_builders[c], rows[i]);
                }
            }
            _batch = new Batch(_schema, Array.ConvertAll(_builders, b => b.Build())) { RowCount = stop - _position };
            _position = stop;
            return _batch;
        }

        public override void Dispose()
        {
            base.Dispose();
            Release();
            foreach (VectorBuilder builder in _builders)
            {
                builder.Dispose();
            }
        }

        private void Release()
        {
            _batch?.DisposeColumns();
            _batch = null;
        }
    }
}
