using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tables;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Materialization;

/// <summary>
/// The global instance of a view: partitions, and live the blocks that none covers (spec/lakehouse.md §11.6). In a lake that only we use, hours that are over get
/// their partition first (design.md §3).
/// </summary>
internal sealed class GlobalContent(LakeHost lake, ViewDefinition view) : IContentSource
{
    public async ValueTask<ViewContent> PrepareAsync(ScanTimes times, QueryContext context, CancellationToken ct)
    {
        Coverage coverage = await Coverage.ReadAsync(lake, view, ct).ConfigureAwait(false);
        LakeTimeRange? recorded = times.ForPartitions(lake.Sharing);
        PartitionRecord[] all = coverage.Partitions.Where(p => !p.IsEmpty).ToArray();

        // Catalogues keep microseconds: the last event of a partition may be up to one later than recorded.
        PartitionRecord[] matching = recorded is not { } range ? all : all.Where(p => p.EventRange is { } events
            && events.Begin <= range.End && events.End >= CatalogTime.Truncate(range.Begin)).ToArray();
        SourceBlock[] blocks = times.WantedRange is not { } wanted ? [.. coverage.Uncovered] : coverage.Uncovered.Where(b =>
            b.Block.BeginTime <= wanted.End && b.Block.EndTime >= CatalogTime.Truncate(wanted.Begin)).ToArray();
        return new ViewContent(matching, blocks, all.Length - matching.Length);
    }
}
