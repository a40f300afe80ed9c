using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tables;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.CustomViews;

/// <summary>What a view's query gives of blocks that no partition of the view holds.</summary>
/// <param name="lake">The lake.</param>
/// <param name="view">The view.</param>
/// <param name="inserted">Insert times of the blocks, end exclusive.</param>
/// <param name="events">Event times that matter.</param>
internal sealed class LiveExtract(LakeHost lake, QueryView view, LakeTimeRange inserted, TimeRange events)
{
    // Enough that a piece is worth a worker's attention, little enough that the pieces under way are small.
    private const int PieceRows = 8192;
    private const long PieceBytes = 1 << 20;

    /// <summary>The rows that meet the request's conditions, piece by piece.</summary>
    public async IAsyncEnumerable<Morsel> OpenAsync(ScanRequest request, QueryContext context, [EnumeratorCancellation] CancellationToken ct)
    {
        var filter = new LiveRowsFilter(
            request.Predicates, [.. request.TableColumns], [.. request.Projection], view.Definition.Schema.Project([.. request.Projection]));
        using var builder = new BatchBuilder(view.Definition.Schema);
        await foreach (Batch rows in view.ExtractAsync(lake, context, inserted, events, isSorted: false, ct).ConfigureAwait(false))
        {
            builder.Append(rows);
            if (builder.RowCount >= PieceRows || builder.AllocatedBytes >= PieceBytes)
            {
                yield return new Piece(filter, builder.Build(), context);
            }
        }
        if (builder.RowCount > 0)
        {
            yield return new Piece(filter, builder.Build(), context);
        }
    }

    private sealed class Piece : Morsel
    {
        private readonly LiveRowsFilter _filter;
        private readonly MemoryReservation _memory;
        private Batch? _rows;

        public Piece(LiveRowsFilter filter, Batch rows, QueryContext context)
        {
            _filter = filter;
            _rows = rows;
            RowCount = rows.RowCount;
            _memory = new MemoryReservation(context.Budget, "rows of a view that no partition holds");
            try
            {
                _memory.Grow(rows.OwnedBytes);
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        public override long? RowCount { get; }

        public override MorselReader Open(QueryContext context)
        {
            var reader = new LiveRowsReader(_filter, [_rows!], context);
            _rows = null;
            return reader;
        }

        public override void Dispose()
        {
            base.Dispose();
            _rows?.DisposeColumns();
            _rows = null;
            _memory.Dispose();
        }
    }
}
