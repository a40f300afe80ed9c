using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization.Global;
using Micromegas.Lake.Tables;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Materialization;

/// <summary>Tells whether a lake that upstream services use holds a view in our version, before we write to it (spec/lakehouse.md §0.1, §3.2).</summary>
internal static class SharedSchema
{
    // Partitions of running services are at most this old; only where there are none does everything have to be listed.
    private const long Recent = 72 * CatalogTime.NanosecondsPerHour;

    /// <summary>For views that upstream's services may know.</summary>
    /// <exception cref="ForeignSchemaException">The newest global partition has another schema hash; the lake is not ours alone.</exception>
    public static async ValueTask RequireOwnAsync(LakeHost lake, GlobalView global, CancellationToken ct)
    {
        ViewDefinition view = global.Definition;
        if (global.IsOurs(lake))
        {
            return;
        }
        var filter = new PartitionFilter { ViewSet = view.Name, InstanceId = ViewTable.Global };
        long now = CatalogTime.Now(lake.Options.TimeProvider);
        IReadOnlyList<PartitionRecord> listed = await lake.Catalog.ListPartitionsAsync(
            filter with { InsertRange = new LakeTimeRange(now - Recent, now + Recent) }, ct).ConfigureAwait(false);
        if (listed.Count == 0)
        {
            listed = await lake.Catalog.ListPartitionsAsync(filter, ct).ConfigureAwait(false);
        }

        // By inserts, not by when they were written: whoever made the newest bucket maintains the view, whatever was regenerated since.
        PartitionRecord? newest = listed.MaxBy(p => (p.InsertRange.End, p.Updated));
        if (newest is not null && IsForeign(lake, view, newest))
        {
            throw new ForeignSchemaException(view.Name, newest.SchemaHash, view.SchemaHash);
        }
    }

    /// <summary>The same for the instances of processes and streams: asked for before partitions of another version are replaced.</summary>
    public static async ValueTask<bool> IsOwnAsync(LakeHost lake, ViewDefinition view, CancellationToken ct)
    {
        if (lake.Sharing == LakeSharing.Exclusive)
        {
            return true;
        }
        IReadOnlyList<PartitionRecord> listed = await lake.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = view.Name }, ct).ConfigureAwait(false);
        PartitionRecord? newest = listed.Where(p => p.InstanceId != ViewTable.Global).MaxBy(p => p.Updated);
        return newest is null || !IsForeign(lake, view, newest);
    }

    private static bool IsForeign(LakeHost lake, ViewDefinition view, PartitionRecord partition)
    {
        if (partition.SchemaHash.AsSpan().SequenceEqual(view.SchemaHash))
        {
            return false;
        }
        Log.ForeignSchema(lake.Logger, view.Name, Convert.ToHexStringLower(partition.SchemaHash), Convert.ToHexStringLower(view.SchemaHash));
        return true;
    }
}
