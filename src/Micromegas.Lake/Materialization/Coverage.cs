using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tables;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Materialization;

/// <summary>
/// What the partitions of a global view hold and what they do not. A partition that counts fewer objects than its blocks have now misses a block that was
/// committed late; it counts as not there, and its blocks as uncovered (spec/lakehouse.md §11.6 step 4).
/// </summary>
/// <param name="Partitions">Partitions that can be believed, empty ones included.</param>
/// <param name="Uncovered">Blocks in none of them, by (insert time, block id).</param>
internal sealed record Coverage(PartitionSet Partitions, IReadOnlyList<SourceBlock> Uncovered)
{
    // Blocks may be committed late, and upstream's maintenance repairs what they left out for two days and some hours (spec/lakehouse.md §4.1).
    private const long LatestRepair = 72 * CatalogTime.NanosecondsPerHour;

    /// <param name="lake">The lake.</param>
    /// <param name="view">The view.</param>
    /// <param name="source">The blocks that its partitions count; null where they count something else: then what they cover is believed.</param>
    /// <param name="ct">Cancels.</param>
    public static async ValueTask<Coverage> ReadAsync(LakeHost lake, ViewDefinition view, BlockSource? source, CancellationToken ct)
    {
        // Partitions first: a block that a later commit covers is then live, never missing.
        PartitionSet listed = PartitionSet.Of(await lake.Catalog.ListPartitionsAsync(
            new PartitionFilter { ViewSet = view.Name, InstanceId = ViewTable.Global, SchemaHash = view.SchemaHash }, ct).ConfigureAwait(false));
        PartitionSet partitions = listed.Valid;
        if (partitions.Count < listed.Count)
        {
            foreach (PartitionRecord partition in listed)
            {
                if (partition.Violation() is { } violation)
                {
                    Log.PartitionSkipped(lake.Logger, partition.ViewSet, partition.InstanceId, violation);
                }
            }
        }
        var outdated = new HashSet<PartitionRecord>(ReferenceEqualityComparer.Instance);
        var uncovered = new List<SourceBlock>();
        BlockSource blocks = source ?? new BlockSource(Tag: null);
        var open = new LakeTimeRange(lake.Settled.Before(view, listed), long.MaxValue);
        foreach (HourTotals hour in await lake.Catalog.SumBlocksPerHourAsync(blocks.Within(open), ct).ConfigureAwait(false))
        {
            await AddUncoveredAsync(lake, blocks, isCounted: source is not null, hour, partitions, outdated, uncovered, ct).ConfigureAwait(false);
        }
        long settled = CatalogTime.Now(lake.Options.TimeProvider) - LatestRepair;
        lake.Settled.Remember(
            view, CatalogTime.FloorToHour(uncovered.Select(b => b.Block.InsertTime).Append(settled).Min()), listed);
        return new Coverage(outdated.Count == 0 ? partitions : partitions.Subset(p => !outdated.Contains(p)), uncovered);
    }

    private static async ValueTask AddUncoveredAsync(
        LakeHost lake, BlockSource source, bool isCounted, HourTotals hour, PartitionSet partitions, HashSet<PartitionRecord> outdated,
        List<SourceBlock> uncovered, CancellationToken ct)
    {
        var range = new LakeTimeRange(hour.Hour, hour.Hour + CatalogTime.NanosecondsPerHour);
        List<PartitionRecord> inside = [.. partitions.InsertedAround(range).Where(p => p.InsertRange.Overlaps(range) && !outdated.Contains(p))];
        bool tiled = inside.TrueForAll(p => range.Contains(p.InsertRange) && p.SourceCount is not null);
        if (isCounted
            ? tiled && inside.Count > 0 && inside.Sum(p => p.SourceCount!.Value) == source.CountOf(hour.Totals)
            : inside.Exists(p => p.InsertRange.Contains(range)))
        {
            return;
        }

        // A partition that reaches beyond the hour is judged by all of its blocks.
        long begin = Math.Min(range.Begin, inside.Select(p => p.InsertRange.Begin).DefaultIfEmpty(range.Begin).Min());
        long end = Math.Max(range.End, inside.Select(p => p.InsertRange.End).DefaultIfEmpty(range.End).Max());
        IReadOnlyList<SourceBlock> blocks = await lake.Catalog.ListBlocksAsync(
            source.Within(new LakeTimeRange(begin, end)), ct).ConfigureAwait(false);
        foreach (PartitionRecord partition in isCounted ? inside : [])
        {
            if (partition.SourceCount < blocks.Where(b => Holds(partition, b)).Sum(source.CountOf))
            {
                outdated.Add(partition);
            }
        }
        uncovered.AddRange(blocks.Where(b =>
            b.Block.InsertTime >= range.Begin && b.Block.InsertTime < range.End && !inside.Exists(p => Holds(p, b) && !outdated.Contains(p))));
    }

    private static bool Holds(PartitionRecord partition, SourceBlock block) =>
        block.Block.InsertTime >= partition.InsertRange.Begin && block.Block.InsertTime < partition.InsertRange.End;
}
