using Micromegas.Engine;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tables;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Materialization.Global;

/// <summary>What a materialization did.</summary>
/// <param name="Written">Partitions made from their source.</param>
/// <param name="Merged">Partitions made from smaller ones.</param>
internal readonly record struct Materialized(int Written, int Merged)
{
    public static Materialized operator +(Materialized a, Materialized b) => new(a.Written + b.Written, a.Merged + b.Merged);
}

/// <summary>Makes the partitions of global views, bucket by bucket of insert time (spec/lakehouse.md §4.3, §4.4, §4.8).</summary>
internal sealed class GlobalMaterializer(LakeHost lake, QueryContext context)
{
    // A conflict means that somebody else made the bucket: looking again finds that done (spec/lakehouse.md §4.6).
    private const int Attempts = 3;

    /// <summary>Told what is done, in words for people.</summary>
    public Action<string>? Progress { get; init; }

    /// <summary>Makes what is missing or out of date in a range; a last bucket that would reach beyond it is left out.</summary>
    public async ValueTask<Materialized> MaterializeAsync(GlobalView view, LakeTimeRange range, long bucketLength, CancellationToken ct)
    {
        Materialized done = default;
        for (long begin = range.Begin; begin + bucketLength <= range.End; begin += bucketLength)
        {
            done += await MaterializeBucketAsync(view, new LakeTimeRange(begin, begin + bucketLength), ct).ConfigureAwait(false);
        }
        return done;
    }

    /// <summary>Makes every bucket anew from its source, whatever is there.</summary>
    /// <exception cref="EngineException">The buckets do not tile the range, or a partition reaches beyond its bucket; nothing was written then.</exception>
    public async ValueTask<Materialized> RegenerateAsync(GlobalView view, LakeTimeRange range, long bucketLength, CancellationToken ct)
    {
        if (bucketLength <= 0 || range.Begin >= range.End || (range.End - range.Begin) % bucketLength != 0)
        {
            throw new EngineException(SqlState.InvalidParameterValue, "buckets must tile the range exactly");
        }
        IReadOnlyList<PartitionRecord> existing = await lake.Catalog.ListPartitionsAsync(
            new PartitionFilter { ViewSet = view.Definition.Name, InstanceId = ViewTable.Global, InsertRange = range }, ct).ConfigureAwait(false);
        foreach (PartitionRecord partition in existing)
        {
            long bucket = range.Begin + ((Math.Max(partition.InsertRange.Begin, range.Begin) - range.Begin) / bucketLength * bucketLength);
            if (partition.InsertRange.Overlaps(range) && !new LakeTimeRange(bucket, bucket + bucketLength).Contains(partition.InsertRange))
            {
                throw new EngineException(
                    SqlState.InvalidParameterValue, $"a partition of {view.Definition.Name} with inserts {Text(partition.InsertRange)} does not lie inside one bucket");
            }
        }
        Materialized done = default;
        for (long begin = range.Begin; begin < range.End; begin += bucketLength)
        {
            var bucket = new LakeTimeRange(begin, begin + bucketLength);
            IAsyncDisposable building = await lake.Builds.EnterAsync(lake, view.Definition.Name, ViewTable.Global, ct).ConfigureAwait(false);
            await using (building.ConfigureAwait(false))
            {
                long count = await view.CountAsync(lake, context, bucket, ct).ConfigureAwait(false);
                done += await CreateAsync(view, bucket, count, ct).ConfigureAwait(false);
            }
        }
        return done;
    }

    /// <summary>
    /// Makes those partitions of a view anew that lie in a range, each with the insert times that it has; says how many. What others merge meanwhile is made anew as
    /// they left it.
    /// </summary>
    public async ValueTask<int> RemakeAsync(GlobalView view, LakeTimeRange range, CancellationToken ct)
    {
        var made = new HashSet<LakeTimeRange>();
        int written = 0;
        foreach (LakeTimeRange bucket in await ListRangesAsync(view, range, ct).ConfigureAwait(false))
        {
            IAsyncDisposable building = await lake.Builds.EnterAsync(lake, view.Definition.Name, ViewTable.Global, ct).ConfigureAwait(false);
            await using (building.ConfigureAwait(false))
            {
                foreach (LakeTimeRange current in (await ListRangesAsync(view, bucket, ct).ConfigureAwait(false)).Where(made.Add))
                {
                    try
                    {
                        long count = await view.CountAsync(lake, context, current, ct).ConfigureAwait(false);
                        written += (await CreateAsync(view, current, count, ct).ConfigureAwait(false)).Written;
                    }
                    catch (PartitionConflictException)
                    {
                        // Somebody who did not wait for us made a wider one, of what is there now.
                        Log.PartitionConflict(lake.Logger, view.Definition.Name, ViewTable.Global);
                    }
                }
            }
        }
        return written;
    }

    private async ValueTask<LakeTimeRange[]> ListRangesAsync(GlobalView view, LakeTimeRange range, CancellationToken ct) =>
        [.. (await lake.Catalog.ListPartitionsAsync(
            new PartitionFilter { ViewSet = view.Definition.Name, InstanceId = ViewTable.Global, SchemaHash = view.Definition.SchemaHash, InsertRange = range }, ct)
            .ConfigureAwait(false)).Select(p => p.InsertRange).Where(r => r.Overlaps(range))];

    private async ValueTask<Materialized> MaterializeBucketAsync(GlobalView view, LakeTimeRange bucket, CancellationToken ct)
    {
        for (int attempt = 1; ; attempt++)
        {
            Decision decision = await DecideAsync(view, bucket, ct).ConfigureAwait(false);
            if (decision.Work == Work.Nothing)
            {
                return default;
            }
            if (decision.Work == Work.Divide)
            {
                return await MaterializeAsync(view, bucket, decision.Length, ct).ConfigureAwait(false);
            }
            IAsyncDisposable building = await lake.Builds.EnterAsync(lake, view.Definition.Name, ViewTable.Global, ct).ConfigureAwait(false);
            await using (building.ConfigureAwait(false))
            {
                // Whoever built before us may have done it.
                decision = await DecideAsync(view, bucket, ct).ConfigureAwait(false);
                try
                {
                    switch (decision.Work)
                    {
                        case Work.Nothing:
                            return default;
                        case Work.Create:
                            return await CreateAsync(view, bucket, decision.Count, ct).ConfigureAwait(false);
                        case Work.Merge:
                            return await MergeAsync(view, bucket, decision, ct).ConfigureAwait(false);
                    }
                }
                catch (PartitionConflictException) when (attempt < Attempts)
                {
                    Log.PartitionConflict(lake.Logger, view.Definition.Name, ViewTable.Global);
                }
                catch (PartitionConflictException)
                {
                    // Others keep at it; the next pass compares counts again.
                    Log.PartitionConflict(lake.Logger, view.Definition.Name, ViewTable.Global);
                    return default;
                }
            }
        }
    }

    private async ValueTask<Decision> DecideAsync(GlobalView view, LakeTimeRange bucket, CancellationToken ct)
    {
        ViewDefinition definition = view.Definition;
        long count = await view.CountAsync(lake, context, bucket, ct).ConfigureAwait(false);
        PartitionRecord[] existing = (await lake.Catalog.ListPartitionsAsync(
                new PartitionFilter { ViewSet = definition.Name, InstanceId = ViewTable.Global, SchemaHash = definition.SchemaHash, InsertRange = bucket }, ct)
            .ConfigureAwait(false)).Where(p => p.InsertRange.Overlaps(bucket)).ToArray();
        if (existing.Length == 0)
        {
            // Upstream's services expect a record of every second; where only we look, nothing is as good (spec/lakehouse.md §2.4).
            return count == 0 && view.IsOurs(lake) ? new Decision(Work.Nothing) : Create();
        }
        if (existing.Any(p => !bucket.Contains(p.InsertRange)))
        {
            return new Decision(Work.Nothing);
        }
        long held = existing.Sum(p => p.SourceCount ?? 0);
        bool isCurrent = existing.All(p => p.SourceCount is not null) && (held == count || (held > count && view.OutlivesItsSource));
        if (!isCurrent)
        {
            // A partition of the bucket's own size was merged once: made anew at that size, since smaller ones could not replace it (§4.10 H6).
            return existing is [{ } whole] && whole.InsertRange == bucket ? new Decision(Work.Create) { Count = count } : Create();
        }
        if (existing.Length == 1)
        {
            return new Decision(Work.Nothing);
        }
        long length = bucket.End - bucket.Begin;
        if (view.LargestMerged >= length)
        {
            return new Decision(Work.Merge) { Count = held, Inputs = existing };
        }
        return Array.TrueForAll(existing, p => p.InsertRange.End - p.InsertRange.Begin == view.LargestMerged)
            ? new Decision(Work.Nothing)
            : new Decision(Work.Divide) { Length = view.LargestMerged };

        Decision Create() => view.LargestFromSource < bucket.End - bucket.Begin
            ? new Decision(Work.Divide) { Length = view.LargestFromSource }
            : new Decision(Work.Create) { Count = count };
    }

    private async ValueTask<Materialized> CreateAsync(GlobalView view, LakeTimeRange bucket, long count, CancellationToken ct)
    {
        PartitionRecord record = await new PartitionWriter(lake, view.Definition, ViewTable.Global, context).WriteAsync(
            new PartitionOrder(bucket, count) { SortOrder = view.ExtractedOrder }, view.ExtractAsync(lake, context, bucket, ct), ct).ConfigureAwait(false);
        Report(view, record, "wrote");
        return new Materialized(1, 0);
    }

    private async ValueTask<Materialized> MergeAsync(GlobalView view, LakeTimeRange bucket, Decision decision, CancellationToken ct)
    {
        PartitionRecord record = await new PartitionWriter(lake, view.Definition, ViewTable.Global, context).WriteAsync(
            new PartitionOrder(bucket, decision.Count) { SortOrder = view.MergedOrder(decision.Inputs) },
            view.MergeAsync(lake, context, bucket, decision.Inputs, ct),
            ct).ConfigureAwait(false);
        Report(view, record, $"merged {decision.Inputs.Count} partitions into");
        return new Materialized(0, 1);
    }

    private void Report(GlobalView view, PartitionRecord record, string verb)
    {
        Log.GlobalPartitionWritten(lake.Logger, view.Definition.Name, verb, record.RowCount, record.FilePath);
        Progress?.Invoke($"{view.Definition.Name} {Text(record.InsertRange)}: {verb} {record.RowCount} rows");
    }

    private static string Text(LakeTimeRange range) => $"[{CatalogTime.ToText(range.Begin)}, {CatalogTime.ToText(range.End)})";

    private enum Work
    {
        Nothing,
        Create,
        Merge,

        /// <summary>Goes on with smaller buckets.</summary>
        Divide,
    }

    private sealed record Decision(Work Work)
    {
        public long Count { get; init; }

        public long Length { get; init; }

        public IReadOnlyList<PartitionRecord> Inputs { get; init; } = [];
    }
}
