using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators;

namespace Micromegas.Engine.Catalog;

/// <summary>A scan of a <see cref="MemoryTable"/>: every chunk is a morsel; predicates are left to the engine.</summary>
internal sealed class MemoryTableScan(MemoryTable table, ScanRequest request) : ScanPlan
{
    public override IReadOnlyList<bool> ExactPredicates { get; } = new bool[request.Predicates.Count];

    public override long? RowEstimate => table.RowCount;

    public override async IAsyncEnumerable<Morsel> OpenAsync(QueryContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ValueTask.CompletedTask.ConfigureAwait(false);
        var chunks = table.HoldChunks();
        var given = 0;
        try
        {
            foreach (var chunk in chunks)
            {
                cancellationToken.ThrowIfCancellationRequested();
                given++;
                yield return new ChunkMorsel(chunk, request.Projection, request.Predicates.Count == 0);
            }
        }
        finally
        {
            foreach (var chunk in chunks.AsSpan(given))
            {
                chunk.Release();
            }
        }
    }

    private sealed class ChunkMorsel(MemoryTableChunk chunk, IReadOnlyList<int> projection, bool isWhole) : Morsel
    {
        private int disposed;

        public override long? RowCount => chunk.Rows.RowCount;

        public override MorselSummary? Summarize(IReadOnlyList<int> tableOrdinals) => isWhole
            ? new MorselSummary(chunk.Rows.RowCount, [.. tableOrdinals.Select(ordinal => new ColumnSummary(chunk.Rows.Columns[ordinal].MayHaveNulls ? null : 0, null, null))])
            : null;

        public override MorselReader Open(QueryContext context) => new Reader(chunk.Rows, projection, context.Options.BatchSize);

        public override void Dispose()
        {
            base.Dispose();
            if (Interlocked.Exchange(ref disposed, 1) == 0)
            {
                chunk.Release();
            }
        }
    }

    private sealed class Reader : MorselReader
    {
        private readonly BatchView view;
        private readonly int rowCount;
        private readonly int batchSize;
        private int position;

        public Reader(Batch rows, IReadOnlyList<int> projection, int batchSize)
        {
            var schema = rows.Schema.Project([.. projection]);
            view = new BatchView(new Batch(schema, [.. projection.Select(ordinal => rows.Columns[ordinal])]) { RowCount = rows.RowCount });
            rowCount = rows.RowCount;
            this.batchSize = batchSize;
        }

        public override Batch? Next()
        {
            var count = Math.Min(batchSize, rowCount - position);
            if (count == 0)
            {
                return null;
            }
            var batch = view.Move(position, count);
            position += count;
            return batch;
        }

        public override void Dispose()
        {
            base.Dispose();
            view.Dispose();
        }
    }
}
