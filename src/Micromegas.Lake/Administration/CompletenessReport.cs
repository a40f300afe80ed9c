using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization;
using Micromegas.Lake.Materialization.Global;
using Micromegas.Lake.Tables;

namespace Micromegas.Lake.Administration;

/// <summary>Why a bucket of a global view is not complete.</summary>
public enum PartitionGapState
{
    /// <summary>No partition holds it.</summary>
    Missing,

    /// <summary>Its partitions count less than their source has.</summary>
    Incomplete,

    /// <summary>Its partitions count more than their source has, of a view that follows its source also when that loses something.</summary>
    Outdated,
}

/// <summary>A bucket of insert times that is over and whose partitions do not hold all that there is; times in nanoseconds since 1970 UTC.</summary>
/// <param name="ViewSet">The view.</param>
/// <param name="BeginInsertTime">Begin of the bucket: a clock hour, or as long as the partitions that reach beyond it.</param>
/// <param name="EndInsertTime">Its end, exclusive.</param>
/// <param name="State">What is wrong.</param>
/// <param name="ExpectedCount">The source's count: objects of blocks, blocks, or what the view's count query gives.</param>
/// <param name="FoundCount">What the partitions count.</param>
public sealed record PartitionGap(string ViewSet, long BeginInsertTime, long EndInsertTime, PartitionGapState State, long ExpectedCount, long FoundCount);

/// <summary>
/// Compares what global views should hold with what they do, however old it is (spec/lakehouse.md §11.2 W11: upstream's maintenance never looks back further than two
/// days). Partitions that hold more than there is are complete: retention deleted blocks after they were made.
/// </summary>
internal sealed class CompletenessReport(LakeHost lake, QueryContext context)
{
    /// <summary>The gaps of a view, by their begin.</summary>
    public async ValueTask<IReadOnlyList<PartitionGap>> OfAsync(GlobalView view, CancellationToken ct)
    {
        long closed = CatalogTime.Now(lake.Options.TimeProvider) - (long)lake.Options.ClosingDelay.TotalNanoseconds;
        BlockSource source = view.Source ?? (view as CustomViews.QueryView)?.Blocks ?? new BlockSource(Tag: null);

        // Partitions first: what comes meanwhile is a gap that back-filling finds closed, never one that is overlooked.
        PartitionRecord[] partitions = [.. (await lake.Catalog.ListPartitionsAsync(
            new PartitionFilter { ViewSet = view.Definition.Name, InstanceId = ViewTable.Global, SchemaHash = view.Definition.SchemaHash }, ct).ConfigureAwait(false))
            .Where(p => p.Violation() is null).OrderBy(p => p.InsertRange.Begin)];
        IReadOnlyList<HourTotals> hours = await lake.Catalog.SumBlocksPerHourAsync(source.Within(new LakeTimeRange(long.MinValue, closed)), ct).ConfigureAwait(false);
        var gaps = new List<PartitionGap>();
        int first = 0;
        for (int i = 0; i < hours.Count;)
        {
            var bucket = new LakeTimeRange(hours[i].Hour, hours[i].Hour + CatalogTime.NanosecondsPerHour);
            while (first < partitions.Length && partitions[first].InsertRange.End <= bucket.Begin)
            {
                first++;
            }

            // A partition of a day is judged by all of its hours.
            int next = first;
            for (; next < partitions.Length && partitions[next].InsertRange.Begin < bucket.End; next++)
            {
                bucket = new LakeTimeRange(
                    CatalogTime.FloorToHour(Math.Min(bucket.Begin, partitions[next].InsertRange.Begin)),
                    Math.Max(bucket.End, CatalogTime.FloorToHour(partitions[next].InsertRange.End - 1) + CatalogTime.NanosecondsPerHour));
            }
            long counted = 0;
            for (; i < hours.Count && hours[i].Hour < bucket.End; i++)
            {
                counted += source.CountOf(hours[i].Totals);
            }
            if (bucket.End > closed)
            {
                continue;
            }
            long expected = view.Source is null ? await view.CountAsync(lake, context, bucket, ct).ConfigureAwait(false) : counted;
            ReadOnlySpan<PartitionRecord> inside = partitions.AsSpan(first..next);
            if (StateOf(inside, expected, mustAgree: !view.OutlivesItsSource, out long found) is { } state)
            {
                gaps.Add(new PartitionGap(view.Definition.Name, bucket.Begin, bucket.End, state, expected, found));
            }
        }
        return gaps;
    }

    private static PartitionGapState? StateOf(ReadOnlySpan<PartitionRecord> partitions, long expected, bool mustAgree, out long found)
    {
        found = 0;
        bool isCounted = true;
        foreach (PartitionRecord partition in partitions)
        {
            found += partition.SourceCount ?? 0;
            isCounted &= partition.SourceCount is not null;
        }
        return partitions.IsEmpty ? (expected == 0 ? null : PartitionGapState.Missing)
            : !isCounted || found < expected ? PartitionGapState.Incomplete
            : mustAgree && found != expected ? PartitionGapState.Outdated
            : null;
    }
}
