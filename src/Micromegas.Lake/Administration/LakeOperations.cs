using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.CustomViews;
using Micromegas.Lake.Materialization;
using Micromegas.Lake.Materialization.Global;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Administration;

/// <summary>A partition as an administrator sees it; times in nanoseconds since 1970 UTC.</summary>
/// <param name="ViewSet">The view set.</param>
/// <param name="InstanceId"><c>global</c>, or the id of a process or stream.</param>
/// <param name="BeginInsertTime">Begin of its insert times.</param>
/// <param name="EndInsertTime">Their end.</param>
/// <param name="FilePath">Its file; null when it is empty.</param>
/// <param name="FileSize">Bytes.</param>
/// <param name="RowCount">Rows.</param>
/// <param name="SchemaHash">Version of the view that it was made by.</param>
public sealed record PartitionInfo(
    string ViewSet, string InstanceId, long BeginInsertTime, long EndInsertTime, string? FilePath, long FileSize, long RowCount, ReadOnlyMemory<byte> SchemaHash);

/// <summary>What the partitions of a view instance take.</summary>
/// <param name="ViewSet">The view set.</param>
/// <param name="InstanceId"><c>global</c>, or the id of a process or stream.</param>
/// <param name="Partitions">Partitions.</param>
/// <param name="RowCount">Rows.</param>
/// <param name="FileSize">Bytes.</param>
public sealed record ViewSize(string ViewSet, string InstanceId, long Partitions, long RowCount, long FileSize);

/// <summary>What the blocks of a process take.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Exe">Its program.</param>
/// <param name="Blocks">Blocks.</param>
/// <param name="PayloadSize">Bytes of their objects.</param>
public sealed record ProcessSize(Guid ProcessId, string Exe, long Blocks, long PayloadSize);

/// <summary>A process that retention spares.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Reason">Why.</param>
/// <param name="PinnedAt">Since when, in nanoseconds since 1970 UTC.</param>
public sealed record PinnedProcess(Guid ProcessId, string Reason, long PinnedAt);

/// <summary>What administrators do to a lake (spec/lakehouse.md §8); the SQL functions and the typed interface both come here.</summary>
public sealed class LakeOperations
{
    private const long MemoryLimit = 512 << 20;

    private readonly LakeHost _lake;

    /// <summary>Operations on a lake.</summary>
    public LakeOperations(LakeHost lake)
    {
        ArgumentNullException.ThrowIfNull(lake);
        _lake = lake;
    }

    /// <summary>Makes what is missing or out of date of a global view (spec/lakehouse.md §8.4).</summary>
    /// <param name="view">The view.</param>
    /// <param name="begin">Begin of the insert times, in nanoseconds since 1970 UTC.</param>
    /// <param name="end">Their end, exclusive.</param>
    /// <param name="bucketLength">Length of a bucket in nanoseconds.</param>
    /// <param name="progress">Told of every partition.</param>
    /// <param name="ct">Ends the work; what was committed stays.</param>
    /// <returns>How many partitions were written or merged.</returns>
    /// <exception cref="ForeignSchemaException">The lake is shared, and its newest partitions of the view are of another version; regenerating them is up to the caller.</exception>
    public async ValueTask<int> MaterializeAsync(string view, long begin, long end, long bucketLength, Action<string>? progress, CancellationToken ct)
    {
        CheckRange(begin, end, bucketLength);
        GlobalView global = await FindGlobalAsync(view, ct).ConfigureAwait(false);
        GlobalMaterializer materializer = Materializer(progress, ct);
        await SharedSchema.RequireOwnAsync(_lake, global, ct).ConfigureAwait(false);
        Materialized done = await materializer.MaterializeAsync(global, new LakeTimeRange(begin, end), bucketLength, ct).ConfigureAwait(false);
        return done.Written + done.Merged;
    }

    /// <summary>
    /// Makes every bucket of a global view anew from its source, and then those partitions of views made of it that lie in the range (spec/lakehouse.md §4.8,
    /// §11.5 W37).
    /// </summary>
    /// <inheritdoc cref="MaterializeAsync"/>
    public async ValueTask<int> RegenerateAsync(string view, long begin, long end, long bucketLength, Action<string>? progress, CancellationToken ct)
    {
        CheckRange(begin, end, bucketLength);
        GlobalView found = await FindGlobalAsync(view, ct).ConfigureAwait(false);
        GlobalMaterializer materializer = Materializer(progress, ct);
        var range = new LakeTimeRange(begin, end);
        int written = (await materializer.RegenerateAsync(found, range, bucketLength, ct).ConfigureAwait(false)).Written;
        foreach (GlobalView other in await _lake.Views.ListAsync(null, ct).ConfigureAwait(false))
        {
            if (other is QueryView query && query.IsMadeOf(found))
            {
                written += await materializer.RemakeAsync(other, range, ct).ConfigureAwait(false);
            }
        }
        return written;
    }

    /// <summary>Buckets of insert times that are over and whose partitions are missing or hold less than there is, by view and begin (spec/lakehouse.md §11.2 W11).</summary>
    /// <param name="view">Of this view only; null for all that maintenance makes.</param>
    /// <param name="ct">Cancels.</param>
    public async ValueTask<IReadOnlyList<PartitionGap>> ListGapsAsync(string? view, CancellationToken ct)
    {
        var report = new CompletenessReport(_lake, Context(ct));
        var gaps = new List<PartitionGap>();
        foreach (GlobalView global in await MadeViewsAsync(view, ct).ConfigureAwait(false))
        {
            gaps.AddRange(await report.OfAsync(global, ct).ConfigureAwait(false));
        }
        return gaps;
    }

    /// <summary>Makes the partitions of all gaps, the views that others are made of first.</summary>
    /// <param name="view">Of this view only; null for all that maintenance makes.</param>
    /// <param name="progress">Told of every partition.</param>
    /// <param name="ct">Ends the work; what was committed stays.</param>
    /// <returns>How many partitions were written or merged.</returns>
    /// <exception cref="ForeignSchemaException">The lake is shared, and its newest partitions of a view are of another version.</exception>
    public async ValueTask<int> BackfillAsync(string? view, Action<string>? progress, CancellationToken ct)
    {
        GlobalMaterializer materializer = Materializer(progress, ct);
        var report = new CompletenessReport(_lake, Context(ct));
        Materialized done = default;
        foreach (GlobalView global in await MadeViewsAsync(view, ct).ConfigureAwait(false))
        {
            await SharedSchema.RequireOwnAsync(_lake, global, ct).ConfigureAwait(false);
            foreach (PartitionGap gap in await report.OfAsync(global, ct).ConfigureAwait(false))
            {
                var bucket = new LakeTimeRange(gap.BeginInsertTime, gap.EndInsertTime);
                done += await materializer.MaterializeAsync(global, bucket, bucket.End - bucket.Begin, ct).ConfigureAwait(false);
            }
        }
        return done.Written + done.Merged;
    }

    /// <summary>Retires the partitions of an instance that lie inside a range of insert times, of any version; in one transaction (spec/lakehouse.md §8.3).</summary>
    /// <param name="viewSet">The view set.</param>
    /// <param name="instance"><c>global</c>, or an id.</param>
    /// <param name="begin">Begin of the range.</param>
    /// <param name="end">Its end.</param>
    /// <param name="dryRun">Only says which they are.</param>
    /// <param name="ct">Cancels; nothing is retired then.</param>
    public async ValueTask<IReadOnlyList<PartitionInfo>> RetireAsync(string viewSet, string instance, long begin, long end, bool dryRun, CancellationToken ct)
    {
        var range = new LakeTimeRange(begin, end);
        IReadOnlyList<PartitionRecord> listed = await _lake.Catalog.ListPartitionsAsync(
            new PartitionFilter { ViewSet = viewSet, InstanceId = instance, InsertRange = range }, ct).ConfigureAwait(false);
        IEnumerable<PartitionRecord> inside = listed.Where(p => range.Contains(p.InsertRange));
        return dryRun ? [.. inside.Select(Describe)] : await RetireAsync(inside, ct).ConfigureAwait(false);
    }

    /// <summary>Retires the partition of a file; empty when there is none (spec/lakehouse.md §8.5).</summary>
    public async ValueTask<IReadOnlyList<PartitionInfo>> RetireFileAsync(string filePath, CancellationToken ct)
    {
        IReadOnlyList<PartitionRecord> all = await _lake.Catalog.ListPartitionsAsync(default, ct).ConfigureAwait(false);
        return await RetireAsync(all.Where(p => p.FilePath == filePath), ct).ConfigureAwait(false);
    }

    /// <summary>Retires the partitions of exactly these insert times, of any version (spec/lakehouse.md §8.5).</summary>
    public async ValueTask<IReadOnlyList<PartitionInfo>> RetireExactAsync(string viewSet, string instance, long begin, long end, CancellationToken ct)
    {
        var range = new LakeTimeRange(CatalogTime.Truncate(begin), CatalogTime.Truncate(end));
        IReadOnlyList<PartitionRecord> listed = await _lake.Catalog.ListPartitionsAsync(
            new PartitionFilter { ViewSet = viewSet, InstanceId = instance, InsertRange = range }, ct).ConfigureAwait(false);
        return await RetireAsync(listed.Where(p => p.InsertRange == range), ct).ConfigureAwait(false);
    }

    /// <summary>Partitions of versions of their view that are not read any more (spec/lakehouse.md §8.6).</summary>
    /// <param name="viewSet">Of this view set only; null for all.</param>
    /// <param name="ct">Cancels.</param>
    public async ValueTask<IReadOnlyList<PartitionInfo>> ListIncompatibleAsync(string? viewSet, CancellationToken ct) =>
        [.. (await IncompatibleAsync(viewSet, ct).ConfigureAwait(false)).Select(Describe)];

    /// <summary>Retires them.</summary>
    /// <inheritdoc cref="ListIncompatibleAsync"/>
    public async ValueTask<IReadOnlyList<PartitionInfo>> RetireIncompatibleAsync(string? viewSet, CancellationToken ct) =>
        await RetireAsync(await IncompatibleAsync(viewSet, ct).ConfigureAwait(false), ct).ConfigureAwait(false);

    /// <summary>What the partitions of each view instance take, the largest first.</summary>
    public async ValueTask<IReadOnlyList<ViewSize>> ListViewSizesAsync(CancellationToken ct) =>
        [.. (await _lake.Catalog.ListPartitionsAsync(default, ct).ConfigureAwait(false))
            .GroupBy(p => (p.ViewSet, p.InstanceId))
            .Select(g => new ViewSize(g.Key.ViewSet, g.Key.InstanceId, g.LongCount(), g.Sum(p => p.RowCount), g.Sum(p => p.FileSize)))
            .OrderByDescending(s => s.FileSize).ThenBy(s => s.ViewSet, StringComparer.Ordinal).ThenBy(s => s.InstanceId, StringComparer.Ordinal)];

    /// <summary>What the blocks of each process take, the largest first.</summary>
    public async ValueTask<IReadOnlyList<ProcessSize>> ListProcessSizesAsync(CancellationToken ct) =>
        [.. (await _lake.Catalog.ListBlocksAsync(default, ct).ConfigureAwait(false))
            .GroupBy(b => b.Process.ProcessId)
            .Select(g => new ProcessSize(g.Key, g.First().Process.Exe, g.LongCount(), g.Sum(b => b.Block.PayloadSize)))
            .OrderByDescending(s => s.PayloadSize).ThenBy(s => s.ProcessId)];

    /// <summary>Spares a process from retention.</summary>
    public async ValueTask PinAsync(Guid processId, string reason, CancellationToken ct) => await _lake.Catalog.WriteRowAsync(
        CatalogSchema.Pins, [processId.ToString("D"), reason, CatalogTime.ToMicroseconds(CatalogTime.Now(_lake.Options.TimeProvider))], ct).ConfigureAwait(false);

    /// <summary>Spares it no more; false when it was not pinned.</summary>
    public ValueTask<bool> UnpinAsync(Guid processId, CancellationToken ct) =>
        _lake.Catalog.DeleteRowAsync(CatalogSchema.Pins, [processId.ToString("D")], ct);

    /// <summary>The processes that retention spares.</summary>
    public async ValueTask<IReadOnlyList<PinnedProcess>> ListPinsAsync(CancellationToken ct) =>
        [.. (await _lake.Catalog.ReadTableAsync(CatalogSchema.Pins, ct).ConfigureAwait(false))
            .Select(row => new PinnedProcess(Guid.Parse((string)row[0]!), (string)row[1]!, CatalogTime.ToNanoseconds((long)row[2]!)))];

    /// <summary>Compares catalogue and objects, and repairs what can be repaired without losing anything.</summary>
    public ValueTask<IReadOnlyList<LakeFinding>> CheckAsync(bool repair, CancellationToken ct) => new LakeCheck(_lake).RunAsync(repair, ct);

    private async ValueTask<IReadOnlyList<PartitionInfo>> RetireAsync(IEnumerable<PartitionRecord> partitions, CancellationToken ct)
    {
        PartitionRecord[] wanted = [.. partitions];
        if (wanted.Length == 0)
        {
            return [];
        }
        IReadOnlyList<bool> retired = await _lake.Catalog.RetirePartitionsAsync(wanted, ct).ConfigureAwait(false);
        return [.. wanted.Where((_, i) => retired[i]).Select(Describe)];
    }

    private async ValueTask<IEnumerable<PartitionRecord>> IncompatibleAsync(string? viewSet, CancellationToken ct)
    {
        IReadOnlyList<PartitionRecord> all = await _lake.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = viewSet }, ct).ConfigureAwait(false);
        IReadOnlyList<GlobalView> views = await _lake.Views.ListAsync(null, ct).ConfigureAwait(false);
        Dictionary<string, byte[]> current = ViewCatalog.All.Concat(views.Select(v => v.Definition)).DistinctBy(v => v.Name).ToDictionary(v => v.Name, v => v.SchemaHash);
        return all.Where(p => current.TryGetValue(p.ViewSet, out byte[]? hash) && !hash.AsSpan().SequenceEqual(p.SchemaHash));
    }

    private static PartitionInfo Describe(PartitionRecord p) =>
        new(p.ViewSet, p.InstanceId, p.InsertRange.Begin, p.InsertRange.End, p.FilePath, p.FileSize, p.RowCount, p.SchemaHash);

    private GlobalMaterializer Materializer(Action<string>? progress, CancellationToken ct) => _lake.IsReadOnly
        ? throw Throw.ReadOnly()
        : new GlobalMaterializer(_lake, Context(ct)) { Progress = progress };

    private QueryContext Context(CancellationToken ct) => new(new EngineOptions { TimeProvider = _lake.Options.TimeProvider }, new MemoryBudget(MemoryLimit), ct);

    /// <summary>The views whose partitions somebody should make, by update group; where only we look, nobody makes those that no question reads.</summary>
    private async ValueTask<IReadOnlyList<GlobalView>> MadeViewsAsync(string? name, CancellationToken ct) => name is not null
        ? [await FindGlobalAsync(name, ct).ConfigureAwait(false)]
        : [.. (await _lake.Views.ListAsync(null, ct).ConfigureAwait(false))
            .Where(v => v.UpdateGroup is not null && (v.IsOwn || _lake.Sharing == LakeSharing.Shared || v.IsReadFromPartitions))];

    private async ValueTask<GlobalView> FindGlobalAsync(string name, CancellationToken ct) => await _lake.Views.FindAsync(name, ct).ConfigureAwait(false)
        ?? throw new EngineException(SqlState.UndefinedTable, $"view '{name}' has no global partitions")
        {
            Hint = $"Views with global partitions: {string.Join(", ", (await _lake.Views.ListAsync(null, ct).ConfigureAwait(false)).Select(v => v.Definition.Name).Order(StringComparer.Ordinal))}.",
        };

    private static void CheckRange(long begin, long end, long bucketLength)
    {
        // Fewer would be a mistake of units; more buckets than these are years of seconds.
        if (bucketLength < 1_000_000_000 || begin >= end || begin % 1000 != 0 || (end - begin) / bucketLength > 10_000_000)
        {
            throw new EngineException(SqlState.InvalidParameterValue, "the range must be of whole microseconds and the buckets of a second at least, ten million at most");
        }
    }
}
