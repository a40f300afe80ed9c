using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tables;

/// <summary>A block that no partition holds, decoded when the worker comes to it.</summary>
internal sealed class BlockMorsel(
    ViewDefinition view, IReadOnlyList<int> projection, TimeFilter filter, BlockPayload payload, BlockFailures failures) : Morsel
{
    private byte[]? _bytes;

    public override long? RowCount => payload.Source.Block.ObjectCount;

    public override async ValueTask PrefetchAsync(CancellationToken cancellationToken) => _bytes = await payload.FetchAsync(cancellationToken).ConfigureAwait(false);

    public override MorselReader Open(QueryContext context)
    {
        using BlockDecoder decoder = view.CreateDecoder!(FilteredRows.ColumnsToRead(projection, filter));
        DecodedBlock block = payload.Decode(decoder, _bytes);
        _bytes = null;
        failures.Report(block, context);
        Interlocked.Increment(ref context.Statistics.BlocksDecoded);
        Interlocked.Add(ref context.Statistics.LiveRows, block.RowCount);
        return new Reader(block, new FilteredRows(view, projection, filter), context.Options.BatchSize);
    }

    private sealed class Reader(DecodedBlock block, FilteredRows rows, int batchSize) : MorselReader
    {
        private readonly BatchView? _view = block.Rows is null ? null : new BatchView(block.Rows);
        private int _position;

        public override Batch? Next()
        {
            int count = Math.Min(batchSize, block.RowCount - _position);
            if (count == 0)
            {
                return null;
            }
            Batch slice = _view!.Move(_position, count);
            _position += count;
            return rows.Cut(slice.Columns, count);
        }

        public override void Dispose()
        {
            base.Dispose();
            _view?.Dispose();
            rows.Dispose();
            block.Dispose();
        }
    }
}
