using Micromegas.Engine;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tables;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Materialization;

/// <summary>The instance of one process or stream, made just in time (spec/lakehouse.md §5).</summary>
internal sealed class InstanceContent(LakeHost lake, ViewDefinition view, string instance) : IContentSource
{
    // Conflicts come from other processes that ask the same; after the second their work is done as a rule.
    private const int Attempts = 3;

    // Rows of the catalogue that are held at a time while looking for what is stale: some megabytes.
    private const long MostListedBlocks = 20_000;

    public async ValueTask<ViewContent> PrepareAsync(ScanTimes times, QueryContext context, CancellationToken ct)
    {
        BlockFilter identity = await IdentifyAsync(ct).ConfigureAwait(false);
        Finding found = await FindAsync(identity, times, ct).ConfigureAwait(false);
        if (found.Stale.Count > 0 && !lake.IsReadOnly && await IsOursToReplaceAsync(found.Candidates, ct).ConfigureAwait(false))
        {
            found = await BuildAsync(identity, times, context, ct).ConfigureAwait(false);
        }
        IReadOnlyList<PartitionRecord> listed = await ListAsync(times, ct).ConfigureAwait(false);
        JitPartition[] live = await PrepareAsync(found.Stale, ct).ConfigureAwait(false);
        PartitionRecord[] partitions = Readable(listed, found.Stale);
        return view.CreateChainDecoder is null
            ? new ViewContent(partitions, live.SelectMany(s => s.Blocks).Where(b => Touches(b, times)).ToArray(), [], 0)
            : new ViewContent(partitions, [], live.Where(s => s.Blocks.Any(b => Touches(b, times))).ToArray(), 0);
    }

    public async ValueTask<ViewPreview> PreviewAsync(ScanTimes times, CancellationToken ct)
    {
        BlockFilter identity = await IdentifyAsync(ct).ConfigureAwait(false);
        Finding found = await FindAsync(identity, times, ct).ConfigureAwait(false);
        PartitionRecord[] partitions = Readable(await ListAsync(times, ct).ConfigureAwait(false), found.Stale);
        bool makes = !lake.IsReadOnly && await IsOursToReplaceAsync(found.Candidates, ct).ConfigureAwait(false);
        int blocks = found.Stale.Sum(s => makes ? s.Blocks.Count : s.Blocks.Count(b => Touches(b, times)));
        return new ViewPreview(partitions, makes ? 0 : blocks, makes ? blocks : 0, makes ? found.Stale.Count : 0);
    }

    /// <summary>Partitions with rows that no stale one stands for.</summary>
    private static PartitionRecord[] Readable(IReadOnlyList<PartitionRecord> listed, List<JitPartition> stale) =>
        listed.Where(p => p.Violation() is null && !p.IsEmpty && !stale.Exists(s => s.InsertRange.Touches(p.InsertRange))).ToArray();

    private static bool Touches(SourceBlock block, ScanTimes times) => times.WantedRange is not { } wanted
        || (block.Block.BeginTime <= wanted.End && block.Block.EndTime >= CatalogTime.Truncate(wanted.Begin));

    /// <summary>What decoding needs beyond the rows of the blocks.</summary>
    private async ValueTask<JitPartition[]> PrepareAsync(List<JitPartition> partitions, CancellationToken ct)
    {
        var prepared = new JitPartition[partitions.Count];
        for (int i = 0; i < prepared.Length; i++)
        {
            prepared[i] = view.EstimatesClockFromProcess
                ? partitions[i] with { Blocks = await ProcessFrequency.EstimateAsync(lake.Catalog, partitions[i].Blocks, ct).ConfigureAwait(false) }
                : partitions[i];
        }
        return prepared;
    }

    /// <summary>Makes the stale partitions; gives back those that others kept from being made, which are then read live.</summary>
    private async ValueTask<Finding> BuildAsync(BlockFilter identity, ScanTimes times, QueryContext context, CancellationToken ct)
    {
        IAsyncDisposable building = await lake.Builds.EnterAsync(lake, view.Name, instance, ct).ConfigureAwait(false);
        await using (building.ConfigureAwait(false))
        {
            for (int attempt = 1; ; attempt++)
            {
                // Whoever built before us may have made them, and blocks may have come.
                Finding found = await FindAsync(identity, times, ct).ConfigureAwait(false);
                if (found.Stale.Count == 0 || attempt > Attempts)
                {
                    return found;
                }
                JitPartition[] prepared = await PrepareAsync(found.Stale, ct).ConfigureAwait(false);
                foreach (JitPartition partition in prepared)
                {
                    // Event-ordered partitions may touch each other: one that is right stays when its neighbour is written.
                    (RetireMode mode, LakeTimeRange[] handled) = view.Order == BlockOrder.Event
                        ? (RetireMode.Overlap, found.Prescribed.TakeWhile(range => range != partition.InsertRange).ToArray())
                        : (RetireMode.Containment, []);
                    try
                    {
                        await new PartitionBuilder(lake, view, instance, context)
                            .BuildAsync(partition.Blocks, partition.InsertRange, mode, handled, ct).ConfigureAwait(false);
                    }
                    catch (PartitionConflictException)
                    {
                        // Somebody committed a wider partition at the same time: look again (spec/lakehouse.md §4.6).
                        Log.PartitionConflict(lake.Logger, view.Name, instance);
                    }
                }
            }
        }
    }

    private async ValueTask<BlockFilter> IdentifyAsync(CancellationToken ct)
    {
        Guid id = Guid.Parse(instance);
        if (view.Instances == ViewInstanceKind.Stream)
        {
            return await lake.Catalog.FindStreamAsync(id, ct).ConfigureAwait(false) is null
                ? throw new EngineException(SqlState.InvalidParameterValue, $"stream '{instance}' not found")
                : new BlockFilter { StreamId = id };
        }
        return await lake.Catalog.FindProcessAsync(id, ct).ConfigureAwait(false) is null
            ? throw new EngineException(SqlState.InvalidParameterValue, $"process '{instance}' not found")
            : new BlockFilter { ProcessId = id, Tag = view.Tag };
    }

    /// <summary>Which partitions the blocks prescribe and which of them are missing or out of date.</summary>
    private async ValueTask<Finding> FindAsync(BlockFilter identity, ScanTimes times, CancellationToken ct)
    {
        if (await JitListing.FindHoursAsync(lake.Catalog, identity, times.WantedRange, ct).ConfigureAwait(false) is not { } hours)
        {
            return new Finding([], [], []);
        }

        // Partitions first: what is committed afterwards makes them seem stale, never complete.
        IReadOnlyList<PartitionRecord> candidates = await lake.Catalog.ListPartitionsAsync(
            new PartitionFilter { ViewSet = view.Name, InstanceId = instance, InsertRange = hours }, ct).ConfigureAwait(false);
        BlockTotals totals = await lake.Catalog.SumBlocksAsync(identity with { InsertRange = hours }, ct).ConfigureAwait(false);
        if (lake.Verdicts.IsComplete(view.Name, instance, hours, totals, candidates))
        {
            return new Finding([], candidates, []);
        }
        var prescribed = new List<LakeTimeRange>();
        var stale = new List<JitPartition>();
        BlockTotals listed = default;
        await foreach ((LakeTimeRange window, IReadOnlyList<SourceBlock> blocks) in JitListing.ListAsync(
            lake.Catalog, identity, hours, totals.Blocks, MostListedBlocks, ct).ConfigureAwait(false))
        {
            // Nothing reaches from hour to hour, so of hours that are complete nothing need be kept.
            List<JitPartition> partitions = JitGrouping.Group(blocks, view.Order);
            PartitionRecord[] near = [.. candidates.Where(c => c.InsertRange.Touches(window))];
            stale.AddRange(view.Order == BlockOrder.Event
                ? partitions.FindAll(p => !JitFreshness.IsUpToDateEventOrdered(p, near, view.SchemaHash))
                : JitFreshness.StaleInsertOrdered(partitions, near, view.SchemaHash).ConvertAll(i => partitions[i]));
            prescribed.AddRange(partitions.Select(p => p.InsertRange));
            listed = JitListing.Add(listed, blocks);
        }
        if (stale.Count == 0)
        {
            lake.Verdicts.Remember(view.Name, instance, hours, listed, candidates);
        }
        return new Finding(prescribed, candidates, stale);
    }

    /// <summary>Partitions of another version give way, unless services of that version use the lake: then what they lack is read live.</summary>
    private async ValueTask<bool> IsOursToReplaceAsync(IReadOnlyList<PartitionRecord> candidates, CancellationToken ct) =>
        candidates.All(p => p.SchemaHash.AsSpan().SequenceEqual(view.SchemaHash)) || await SharedSchema.IsOwnAsync(lake, view, ct).ConfigureAwait(false);

    private ValueTask<IReadOnlyList<PartitionRecord>> ListAsync(ScanTimes times, CancellationToken ct) => lake.Catalog.ListPartitionsAsync(
        new PartitionFilter { ViewSet = view.Name, InstanceId = instance, SchemaHash = view.SchemaHash, EventRange = times.ForPartitions(lake.Sharing, view) }, ct);

    /// <param name="Prescribed">Insert ranges of the partitions that the blocks prescribe; empty when an earlier verdict says that nothing is stale.</param>
    /// <param name="Candidates">The instance's partitions of the hours, of any version.</param>
    /// <param name="Stale">Prescribed partitions that are missing or out of date.</param>
    private sealed record Finding(IReadOnlyList<LakeTimeRange> Prescribed, IReadOnlyList<PartitionRecord> Candidates, List<JitPartition> Stale);
}
