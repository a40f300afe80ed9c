using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tables;

/// <summary>What <c>__view__partitions</c> reads: committed partitions as they are, and nothing else (spec/lakehouse.md §6.5).</summary>
internal sealed class PartitionsContent(LakeHost lake, ViewDefinition view) : IContentSource
{
    public async ValueTask<ViewContent> PrepareAsync(ScanTimes times, QueryContext context, CancellationToken ct) =>
        new(await ListAsync(times, ct).ConfigureAwait(false), [], [], 0);

    public async ValueTask<ViewPreview> PreviewAsync(ScanTimes times, CancellationToken ct) =>
        new(await ListAsync(times, ct).ConfigureAwait(false), 0, 0, 0);

    private async ValueTask<PartitionRecord[]> ListAsync(ScanTimes times, CancellationToken ct)
    {
        IReadOnlyList<PartitionRecord> listed = await lake.Catalog.ListPartitionsAsync(
            new PartitionFilter
            {
                ViewSet = view.Name, InstanceId = ViewTable.Global, SchemaHash = view.SchemaHash, EventRange = times.ForPartitions(lake.Sharing, view),
            },
            ct).ConfigureAwait(false);
        return [.. listed.Where(p => !p.IsEmpty && p.Violation() is null)];
    }
}
