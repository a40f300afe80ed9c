using Micromegas.Engine;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization;
using Micromegas.Lake.Materialization.Global;
using Micromegas.Lake.Tables;

namespace Micromegas.Lake.CustomViews;

/// <summary>
/// Where the rows of a view that a query defines are: partitions, and for blocks that none holds what the query gives of them (spec/lakehouse.md §11.6 step 6).
/// Where the view is ours to make, hours that are over get their partition first (design.md §3).
/// </summary>
/// <param name="lake">The lake.</param>
/// <param name="view">The view.</param>
/// <param name="within">Only what blocks of these insert times gave; null for all.</param>
internal sealed class QueryViewContent(LakeHost lake, QueryView view, LakeTimeRange? within) : IContentSource
{
    private static readonly LakeTimeRange s_always = new(long.MinValue, long.MaxValue);

    public async ValueTask<ViewContent> PrepareAsync(ScanTimes times, QueryContext context, CancellationToken ct)
    {
        TimeRange events = SourceTimes(times.Wanted);
        Coverage coverage = await ReadAsync(ct).ConfigureAwait(false);
        if (within is null && view.IsOurs(lake) && !lake.IsReadOnly)
        {
            List<LakeTimeRange> closed = ClosedHours(coverage, events);
            foreach (LakeTimeRange hour in closed)
            {
                await new GlobalMaterializer(lake, context).MaterializeAsync(view, hour, CatalogTime.NanosecondsPerHour, ct).ConfigureAwait(false);
            }
            if (closed.Count > 0)
            {
                coverage = await ReadAsync(ct).ConfigureAwait(false);
            }
        }
        PartitionRecord[] believed = Believed(coverage);
        PartitionRecord[] matching = Matching(believed, times);
        LiveExtract[] extracts = [.. Gaps(believed)
            .Where(gap => coverage.Uncovered.Any(b => b.Block.InsertTime >= gap.Begin && b.Block.InsertTime < gap.End && IsWanted(b, events)))
            .Select(gap => new LiveExtract(lake, view, gap, events))];
        return new ViewContent(matching, [], [], believed.Count(p => !p.IsEmpty) - matching.Length) { Extracts = extracts };
    }

    public async ValueTask<ViewPreview> PreviewAsync(ScanTimes times, CancellationToken ct)
    {
        TimeRange events = SourceTimes(times.Wanted);
        Coverage coverage = await ReadAsync(ct).ConfigureAwait(false);
        List<LakeTimeRange> hours = within is null && view.IsOurs(lake) && !lake.IsReadOnly ? ClosedHours(coverage, events) : [];
        ILookup<bool, SourceBlock> blocks = coverage.Uncovered.Where(b => IsWanted(b, events))
            .ToLookup(b => hours.Exists(hour => hour.Begin == CatalogTime.FloorToHour(b.Block.InsertTime)));
        return new ViewPreview(Matching(Believed(coverage), times), blocks[false].Count(), blocks[true].Count(), hours.Count);
    }

    private PartitionRecord[] Believed(Coverage coverage) => [.. coverage.Partitions.Where(p => within is not { } range || range.Contains(p.InsertRange))];

    private PartitionRecord[] Matching(IEnumerable<PartitionRecord> partitions, ScanTimes times)
    {
        LakeTimeRange? recorded = times.ForPartitions(lake.Sharing, view.Definition);
        return [.. partitions.Where(p => !p.IsEmpty && (recorded is not { } range
            || (p.EventRange is { } own && own.Begin <= range.End && own.End >= CatalogTime.Truncate(range.Begin))))];
    }

    /// <summary>What partitions hold; of those that reach beyond the range, the blocks count as uncovered.</summary>
    private async ValueTask<Coverage> ReadAsync(CancellationToken ct)
    {
        Coverage coverage = await Coverage.ReadAsync(lake, view.Definition, view.Source, ct).ConfigureAwait(false);
        if (within is not { } range)
        {
            return coverage;
        }
        PartitionRecord[] across = [.. coverage.Partitions.Where(p => p.InsertRange.Overlaps(range) && !range.Contains(p.InsertRange))];
        if (across.Length == 0)
        {
            return coverage;
        }
        IReadOnlyList<SourceBlock> blocks = await lake.Catalog.ListBlocksAsync(view.Blocks.Within(range), ct).ConfigureAwait(false);
        return coverage with
        {
            Uncovered = [.. coverage.Uncovered, .. blocks.Where(b => Array.Exists(across, p => b.Block.InsertTime >= p.InsertRange.Begin && b.Block.InsertTime < p.InsertRange.End))],
        };
    }

    /// <summary>Event times of the source from which wanted rows come, as whole as they are.</summary>
    private TimeRange SourceTimes(TimeRange wanted) => view.TimeBin is not { } bin || wanted.IsAll
        ? TimeRange.All
        : new TimeRange(wanted.Begin, wanted.End is { } end ? (end > long.MaxValue - bin ? long.MaxValue : end + Math.Max(0, bin - 1)) : null);

    private static bool IsWanted(SourceBlock block, TimeRange events) =>
        (events.End is not { } end || block.Block.BeginTime <= end) && (events.Begin is not { } begin || block.Block.EndTime >= CatalogTime.Truncate(begin));

    private List<LakeTimeRange> ClosedHours(Coverage coverage, TimeRange events)
    {
        long closedBefore = CatalogTime.Now(lake.Options.TimeProvider) - (long)lake.Options.ClosingDelay.TotalNanoseconds;
        return coverage.Uncovered.Where(b => IsWanted(b, events))
            .Select(b => CatalogTime.FloorToHour(b.Block.InsertTime))
            .Distinct()
            .Order()
            .Select(hour => new LakeTimeRange(hour, hour + CatalogTime.NanosecondsPerHour))

            // A partition that reaches beyond the hour does not give way to one of the hour; its blocks stay live.
            .Where(hour => hour.End <= closedBefore && coverage.Partitions.All(p => !p.InsertRange.Overlaps(hour) || hour.Contains(p.InsertRange)))
            .ToList();
    }

    /// <summary>The insert times that no partition holds.</summary>
    private IEnumerable<LakeTimeRange> Gaps(PartitionRecord[] believed)
    {
        LakeTimeRange all = within ?? s_always;
        long reached = all.Begin;
        foreach (LakeTimeRange held in believed.Select(p => p.InsertRange).OrderBy(r => r.Begin))
        {
            if (held.Begin > reached)
            {
                yield return new LakeTimeRange(reached, held.Begin);
            }
            reached = Math.Max(reached, held.End);
        }
        if (reached < all.End)
        {
            yield return new LakeTimeRange(reached, all.End);
        }
    }
}
