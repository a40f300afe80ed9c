using System.Globalization;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.CustomViews;
using Micromegas.Lake.Materialization.Global;
using Micromegas.Lake.Tables;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Maintenance;

/// <summary>
/// Removes what a policy does not keep. Blocks go in units of (process, tags, hour of insert time), so that what was decoded survives and what nobody asked for
/// goes (spec/lakehouse.md §9.3), and in this order: rows with a note of their objects, the covering partitions of <c>blocks</c>, an hour later the objects.
/// </summary>
internal sealed class RetentionRun(LakeHost lake, RetentionPolicy policy, QueryContext context)
{
    private const int BatchSize = 1000;

    private static readonly string[] s_heavyTags = ["cpu", "net", "trace", "image"];

    private readonly long _now = CatalogTime.Now(lake.Options.TimeProvider);

    /// <summary>Says what would go; nothing is changed, and no sampler asked.</summary>
    public async ValueTask<RetentionReport> PreviewAsync(CancellationToken ct)
    {
        IReadOnlyList<SourceBlock> blocks = await ExpiredAsync(ct).ConfigureAwait(false);
        return Report(blocks, await ExpiredPartitionsAsync(ct).ConfigureAwait(false));
    }

    /// <summary>Removes what has expired or is not sampled, and finishes what earlier runs began.</summary>
    public async ValueTask<RetentionReport> RunAsync(CancellationToken ct)
    {
        List<SourceBlock> blocks = [.. await ExpiredAsync(ct).ConfigureAwait(false)];
        if (policy.Sampler is not null)
        {
            blocks = [.. blocks.Concat(await NotSampledAsync(ct).ConfigureAwait(false)).DistinctBy(b => b.Block.BlockId)];
        }
        foreach (SourceBlock[] unit in Units(blocks))
        {
            // A unit goes in one transaction: half of one would look like an hour that lacks blocks. Running queries may still read the objects.
            await lake.Catalog.DeleteBlocksAsync(Array.ConvertAll(unit, b => b.Block), _now + (lake.Options.RetirementGrace.Ticks * 100), ct).ConfigureAwait(false);
        }
        IReadOnlyList<PartitionRecord> partitions = await ExpiredPartitionsAsync(ct).ConfigureAwait(false);
        foreach (PartitionRecord[] batch in partitions.Chunk(BatchSize))
        {
            await lake.Catalog.RetirePartitionsAsync(batch, ct).ConfigureAwait(false);
        }
        await FinishAsync(ct).ConfigureAwait(false);
        if (policy.MaximumAge is { } age)
        {
            await lake.Catalog.DeleteEmptySourcesAsync(Before(age), ct).ConfigureAwait(false);
        }
        return Report(blocks, partitions);
    }

    /// <summary>The later steps of deletions, of this run and of those that were interrupted.</summary>
    private async ValueTask FinishAsync(CancellationToken ct)
    {
        IReadOnlyList<BlockDeletion> deletions = await lake.Catalog.ListDeletionsAsync(ct).ConfigureAwait(false);
        await RegenerateBlocksAsync(deletions, ct).ConfigureAwait(false);
        foreach (BlockDeletion[] batch in deletions.Where(d => d.Due <= _now).Chunk(BatchSize))
        {
            await lake.Store.DeleteAsync(Array.ConvertAll(batch, d => d.ObjectKey), ct).ConfigureAwait(false);
            await lake.Catalog.ForgetDeletionsAsync(Array.ConvertAll(batch, d => d.BlockId), ct).ConfigureAwait(false);
        }
    }

    /// <summary>Upstream's queries find blocks in the partitions of <c>blocks</c>: they must not name objects that go.</summary>
    private async ValueTask RegenerateBlocksAsync(IReadOnlyList<BlockDeletion> deletions, CancellationToken ct)
    {
        if (deletions.Count == 0)
        {
            return;
        }
        GlobalView view = GlobalViews.BuiltIn.First(v => v.Definition == BlocksView.Definition);
        IReadOnlyList<PartitionRecord> partitions = await lake.Catalog.ListPartitionsAsync(
            new PartitionFilter { ViewSet = view.Definition.Name, InstanceId = ViewTable.Global, SchemaHash = view.Definition.SchemaHash }, ct).ConfigureAwait(false);
        var materializer = new GlobalMaterializer(lake, context);
        foreach (PartitionRecord partition in partitions)
        {
            LakeTimeRange range = partition.InsertRange;
            if (deletions.Any(d => d.InsertTime >= range.Begin && d.InsertTime < range.End))
            {
                // Does nothing where the counts agree already.
                await materializer.MaterializeAsync(view, range, range.End - range.Begin, ct).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<IReadOnlyList<SourceBlock>> ExpiredAsync(CancellationToken ct)
    {
        TimeSpan?[] ages = [policy.MaximumAge, .. policy.ByTag.Values.Cast<TimeSpan?>(), .. policy.ByProcess.Select(r => (TimeSpan?)r.MaximumAge)];
        if (ages.Min() is not { } shortest)
        {
            return [];
        }
        IReadOnlyList<SourceBlock> old = await lake.Catalog.ListBlocksAsync(
            new BlockFilter { InsertRange = new LakeTimeRange(long.MinValue, Before(shortest)) }, ct).ConfigureAwait(false);
        HashSet<Guid> pinned = await PinnedAsync(ct).ConfigureAwait(false);
        return [.. Units(old).Where(unit => !pinned.Contains(unit[0].Process.ProcessId) && AgeOf(unit) is { } age
            && CatalogTime.FloorToHour(unit[0].Block.InsertTime) + CatalogTime.NanosecondsPerHour <= Before(age)).SelectMany(unit => unit)];
    }

    private TimeSpan? AgeOf(SourceBlock[] unit)
    {
        foreach (RetentionRule rule in policy.ByProcess)
        {
            if (unit[0].Process.Properties.Any(p => p.Key == rule.Property && (rule.Value is null || p.Value == rule.Value)))
            {
                return rule.MaximumAge;
            }
        }
        TimeSpan[] ages = unit.SelectMany(b => b.Stream.Tags ?? []).Distinct(StringComparer.Ordinal)
            .Where(policy.ByTag.ContainsKey).Select(tag => policy.ByTag[tag]).ToArray();
        return ages.Length > 0 ? ages.Max() : policy.MaximumAge;
    }

    private async ValueTask<IReadOnlyList<SourceBlock>> NotSampledAsync(CancellationToken ct)
    {
        var decided = (await lake.Catalog.ReadTableAsync(CatalogSchema.Samples, ct).ConfigureAwait(false))
            .ToDictionary(row => (Guid.Parse((string)row[0]!), (string)row[1]!, CatalogTime.ToNanoseconds((long)row[2]!)), row => (long)row[3]! != 0);
        HashSet<Guid> pinned = await PinnedAsync(ct).ConfigureAwait(false);
        var dropped = new List<SourceBlock>();
        foreach (string tag in s_heavyTags)
        {
            IReadOnlyList<SourceBlock> blocks = await lake.Catalog.ListBlocksAsync(
                new BlockFilter { Tag = tag, InsertRange = new LakeTimeRange(long.MinValue, Before(policy.SamplingDelay)) }, ct).ConfigureAwait(false);
            foreach (SourceBlock[] unit in Units(blocks))
            {
                long hour = CatalogTime.FloorToHour(unit[0].Block.InsertTime);
                Guid process = unit[0].Process.ProcessId;
                if (pinned.Contains(process) || hour + CatalogTime.NanosecondsPerHour > Before(policy.SamplingDelay))
                {
                    continue;
                }
                if (!decided.TryGetValue((process, tag, hour), out bool kept))
                {
                    kept = await policy.Sampler!(Describe(unit, tag, hour), ct).ConfigureAwait(false);
                    await lake.Catalog.WriteRowAsync(
                        CatalogSchema.Samples, [process.ToString("D"), tag, CatalogTime.ToMicroseconds(hour), kept ? 1L : 0L], ct).ConfigureAwait(false);
                }
                if (!kept)
                {
                    dropped.AddRange(unit);
                }
            }
        }
        return dropped;
    }

    private SampledHour Describe(SourceBlock[] unit, string tag, long hour) => new(
        unit[0].Process.ProcessId,
        unit[0].Process.Properties,
        tag,
        DateTimeOffset.UnixEpoch.AddTicks(hour / 100),
        unit.Length,
        unit.Sum(b => b.Block.PayloadSize),
        async (view, condition, ct) =>
        {
            if (view is not ("log_entries" or "measures"))
            {
                throw new EngineException(SqlState.InvalidParameterValue, $"a sampler sees log_entries and measures, not {view}");
            }
            string sql = string.Create(CultureInfo.InvariantCulture, $"""
                SELECT count(*) FROM view_instance('{view}', '{unit[0].Process.ProcessId:D}')
                WHERE insert_time >= '{CatalogTime.ToText(hour)}' AND insert_time < '{CatalogTime.ToText(hour + CatalogTime.NanosecondsPerHour)}' AND ({condition})
                """);
            long count = 0;
            await foreach (Batch batch in LakeStatement.RunAsync(lake.Tables, context, sql, TimeRange.All, ct).ConfigureAwait(false))
            {
                count = Convert.ToInt64(batch.Columns[0].GetValue(0), CultureInfo.InvariantCulture);
            }
            return count;
        });

    private async ValueTask<IReadOnlyList<PartitionRecord>> ExpiredPartitionsAsync(CancellationToken ct)
    {
        if (policy.MaximumAge is null && policy.ByViewSet.Count == 0)
        {
            return [];
        }
        var pinned = (await PinnedAsync(ct).ConfigureAwait(false)).Select(id => id.ToString("D")).ToHashSet(StringComparer.Ordinal);
        foreach (object?[] stream in await lake.Catalog.ReadTableAsync(CatalogSchema.Streams, ct).ConfigureAwait(false))
        {
            if (pinned.Contains((string)stream[1]!))
            {
                pinned.Add((string)stream[0]!);
            }
        }
        IReadOnlyList<PartitionRecord> partitions = await lake.Catalog.ListPartitionsAsync(default, ct).ConfigureAwait(false);
        var expired = new List<PartitionRecord>();
        foreach (PartitionRecord partition in partitions)
        {
            bool hasOwn = policy.ByViewSet.TryGetValue(partition.ViewSet, out TimeSpan own);
            if (!pinned.Contains(partition.InstanceId) && (hasOwn ? own : policy.MaximumAge) is { } age && partition.InsertRange.End < Before(age)
                && (hasOwn || !await HoldsWhatIsThereAsync(partition, ct).ConfigureAwait(false)))
            {
                expired.Add(partition);
            }
        }
        return expired;
    }

    /// <summary>Whether a partition of all processes holds just the blocks that are kept longer: retired, it would only be made again.</summary>
    private async ValueTask<bool> HoldsWhatIsThereAsync(PartitionRecord partition, CancellationToken ct)
    {
        if (partition.InstanceId != ViewTable.Global || partition.SourceCount is null or 0
            || await lake.Views.FindAsync(partition.ViewSet, ct).ConfigureAwait(false) is not { Source: { } source })
        {
            return false;
        }
        BlockTotals totals = await lake.Catalog.SumBlocksAsync(source.Within(partition.InsertRange), ct).ConfigureAwait(false);
        return partition.SourceCount == source.CountOf(totals);
    }

    private async ValueTask<HashSet<Guid>> PinnedAsync(CancellationToken ct) =>
        [.. (await lake.Catalog.ReadTableAsync(CatalogSchema.Pins, ct).ConfigureAwait(false)).Select(row => Guid.Parse((string)row[0]!))];

    /// <summary>
    /// Blocks that go or stay together: of one process and hour, and of streams that share a tag, since a view of the process takes all streams of its tag.
    /// </summary>
    private static IEnumerable<SourceBlock[]> Units(IEnumerable<SourceBlock> blocks)
    {
        foreach (IGrouping<Guid, SourceBlock> process in blocks.GroupBy(b => b.Process.ProcessId))
        {
            Dictionary<Guid, int> group = TagGroups(process);
            foreach (IGrouping<(long, int), SourceBlock> unit in process.GroupBy(b => (CatalogTime.FloorToHour(b.Block.InsertTime), group[b.Stream.StreamId])))
            {
                yield return [.. unit];
            }
        }
    }

    private static Dictionary<Guid, int> TagGroups(IEnumerable<SourceBlock> blocks)
    {
        var groups = new Dictionary<Guid, int>();
        var tagGroups = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (StreamRecord stream in blocks.Select(b => b.Stream).DistinctBy(s => s.StreamId))
        {
            // A stream joins the groups of its tags into one.
            int own = groups.Count;
            groups[stream.StreamId] = own;
            foreach (string tag in stream.Tags ?? [])
            {
                if (tagGroups.TryGetValue(tag, out int other) && other != own)
                {
                    foreach (Guid member in groups.Where(g => g.Value == other).Select(g => g.Key).ToArray())
                    {
                        groups[member] = own;
                    }
                    foreach (string member in tagGroups.Where(t => t.Value == other).Select(t => t.Key).ToArray())
                    {
                        tagGroups[member] = own;
                    }
                }
                tagGroups[tag] = own;
            }
        }
        return groups;
    }

    private static RetentionReport Report(IReadOnlyList<SourceBlock> blocks, IReadOnlyList<PartitionRecord> partitions) => new()
    {
        ByTag = [.. blocks.SelectMany(b => (b.Stream.Tags ?? []).DefaultIfEmpty("").Select(tag => (Tag: tag, b.Block.PayloadSize)))
            .GroupBy(b => b.Tag, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new RetentionShare(g.Key, g.LongCount(), g.Sum(b => b.PayloadSize)))],
        Blocks = blocks.Count,
        Bytes = blocks.Sum(b => b.Block.PayloadSize),
        Partitions = partitions.Count,
        PartitionBytes = partitions.Sum(p => p.FileSize),
    };

    private long Before(TimeSpan age) => age.Ticks > _now / 100 ? 0 : _now - (age.Ticks * 100);
}
