using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tables;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Materialization.Global;

/// <summary>
/// A view whose rows the catalogue's own tables hold: <c>blocks</c>, <c>processes</c>, <c>streams</c>. Merging them means asking the catalogue again: the source
/// counts agree, so the rows do, and no file is read (spec/lakehouse.md §4.7 describes upstream's way to the same rows).
/// </summary>
internal sealed class CatalogView<TRow>(
    ViewDefinition definition, int updateGroup, long largestFromSource, IReadOnlyList<RowColumn<TRow>> columns,
    Func<ILakeCatalog, BlockFilter, CancellationToken, ValueTask<IReadOnlyList<TRow>>> load)
    : GlobalView(definition, updateGroup, largestFromSource, 24 * CatalogTime.NanosecondsPerHour)
{
    public override bool IsReadFromPartitions => false;

    public override BlockSource Source { get; } = new(Tag: null);

    /// <summary>These list what is there: upstream fetches the blocks that they name.</summary>
    public override bool OutlivesItsSource => false;

    public override async IAsyncEnumerable<PartitionRows> ExtractAsync(
        LakeHost lake, QueryContext context, LakeTimeRange bucket, [EnumeratorCancellation] CancellationToken ct)
    {
        IReadOnlyList<TRow> rows = await load(lake.Catalog, new BlockFilter { InsertRange = bucket }, ct).ConfigureAwait(false);
        using var builder = new RowBatchBuilder<TRow>(columns);
        for (int first = 0; first < rows.Count; first += RowBatchBuilder<TRow>.LargestBatch)
        {
            int start = first;
            Batch batch = await context.Workers.RunAsync(() => builder.Build(rows, start), ct).ConfigureAwait(false);
            yield return PartitionRows.Measured(Definition, batch, new RowBatch(batch));
        }
    }

    public override IAsyncEnumerable<PartitionRows> MergeAsync(
        LakeHost lake, QueryContext context, LakeTimeRange bucket, IReadOnlyList<PartitionRecord> inputs, CancellationToken ct) =>
        ExtractAsync(lake, context, bucket, ct);

    private sealed class RowBatch(Batch batch) : IDisposable
    {
        public void Dispose()
        {
            batch.DisposeColumns();
        }
    }
}
