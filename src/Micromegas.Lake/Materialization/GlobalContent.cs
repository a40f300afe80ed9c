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
        Coverage coverage = await Coverage.ReadAsync(lake, view, new BlockSource(view.Tag), ct).ConfigureAwait(false);
        if (lake.Sharing == LakeSharing.Exclusive && !lake.IsReadOnly && ClosedHours(coverage, times).Count > 0)
        {
            coverage = await CloseHoursAsync(times, context, ct).ConfigureAwait(false);
        }
        PartitionRecord[] matching = await MatchingAsync(coverage, times, ct).ConfigureAwait(false);
        SourceBlock[] blocks = coverage.Uncovered.Where(b => IsWanted(b, times)).ToArray();
        return new ViewContent(matching, blocks, [], coverage.Partitions.FilledCount - matching.Length);
    }

    public async ValueTask<ViewPreview> PreviewAsync(ScanTimes times, CancellationToken ct)
    {
        Coverage coverage = await Coverage.ReadAsync(lake, view, new BlockSource(view.Tag), ct).ConfigureAwait(false);
        List<LakeTimeRange> hours = lake.Sharing == LakeSharing.Exclusive && !lake.IsReadOnly ? ClosedHours(coverage, times) : [];
        int closing = coverage.Uncovered.Count(b => hours.Exists(hour => hour.Begin == CatalogTime.FloorToHour(b.Block.InsertTime)));
        int live = coverage.Uncovered.Count(b => IsWanted(b, times) && !hours.Exists(hour => hour.Begin == CatalogTime.FloorToHour(b.Block.InsertTime)));
        return new ViewPreview(await MatchingAsync(coverage, times, ct).ConfigureAwait(false), live, closing, hours.Count);
    }

    private async ValueTask<PartitionRecord[]> MatchingAsync(Coverage coverage, ScanTimes times, CancellationToken ct)
    {
        // Catalogues keep microseconds: the last event of a partition may be up to one later than recorded.
        LakeTimeRange? recorded = times.ForPartitions(lake.Sharing, view);
        IEnumerable<PartitionRecord> candidates = recorded is { } range
            ? coverage.Partitions.WithEventsIn(range with { Begin = CatalogTime.Truncate(range.Begin) })
            : coverage.Partitions.Where(p => !p.IsEmpty);
        PartitionRecord[] matching = [.. candidates.Where(p => times.WantsInserted(p.InsertRange))];
        return times.ProcessId is { } process
            ? await PartitionsOfProcess.SelectAsync(lake, new BlockSource(view.Tag), process, matching, coverage.Partitions, ct).ConfigureAwait(false)
            : matching;
    }

    private static bool IsWanted(SourceBlock block, ScanTimes times) =>
        times.Wants(block.Block)
        && times.WantsInserted(new LakeTimeRange(block.Block.InsertTime, block.Block.InsertTime))
        && (times.WantedRange is not { } wanted
            || (block.Block.BeginTime <= wanted.End && block.Block.EndTime >= CatalogTime.Truncate(wanted.Begin)));

    /// <summary>Hours that are over and whose partition is missing or misses blocks, as far as the question touches them.</summary>
    private List<LakeTimeRange> ClosedHours(Coverage coverage, ScanTimes times)
    {
        long closedBefore = CatalogTime.Now(lake.Options.TimeProvider) - (long)lake.Options.ClosingDelay.TotalNanoseconds;
        return coverage.Uncovered.Where(b => IsWanted(b, times))
            .Select(b => CatalogTime.FloorToHour(b.Block.InsertTime))
            .Distinct()
            .Select(hour => new LakeTimeRange(hour, hour + CatalogTime.NanosecondsPerHour))

            // A partition that reaches beyond the hour does not give way to one of the hour; its blocks stay live.
            .Where(hour => hour.End <= closedBefore && coverage.Partitions.All(p => !p.InsertRange.Overlaps(hour) || hour.Contains(p.InsertRange)))
            .ToList();
    }

    private async ValueTask<Coverage> CloseHoursAsync(ScanTimes times, QueryContext context, CancellationToken ct)
    {
        IAsyncDisposable building = await lake.Builds.EnterAsync(lake, view.Name, ViewTable.Global, ct).ConfigureAwait(false);
        await using (building.ConfigureAwait(false))
        {
            // Whoever built before us may have closed them.
            Coverage coverage = await Coverage.ReadAsync(lake, view, new BlockSource(view.Tag), ct).ConfigureAwait(false);
            foreach (LakeTimeRange hour in ClosedHours(coverage, times))
            {
                IReadOnlyList<SourceBlock> blocks = await lake.Catalog.ListBlocksAsync(
                    new BlockFilter { Tag = view.Tag, InsertRange = hour }, ct).ConfigureAwait(false);
                try
                {
                    await new PartitionBuilder(lake, view, ViewTable.Global, context).BuildAsync(blocks, hour, ct).ConfigureAwait(false);
                }
                catch (PartitionConflictException)
                {
                    // Another process closed the hour; what it lacks is read live.
                    Log.PartitionConflict(lake.Logger, view.Name, ViewTable.Global);
                }
            }
            return await Coverage.ReadAsync(lake, view, new BlockSource(view.Tag), ct).ConfigureAwait(false);
        }
    }
}
