using System.Collections.Concurrent;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization;
using Micromegas.Lake.Materialization.Global;
using Micromegas.Lake.Tables;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Maintenance;

/// <summary>
/// Tries blocks again whose rows are missing from partitions (spec/lakehouse.md §3.15, §11.2 W9): an object may have come late, a store may have been repaired, a newer
/// version may read what an older one could not. Where a block can be read now, the partitions that lack it are made anew.
/// </summary>
internal sealed class FailedBlockRetry(LakeHost lake, bool makesGlobal)
{
    // What is damaged stays damaged as long as the same program reads it; a missing object may come.
    private readonly ConcurrentDictionary<(Guid Block, string View), bool> _damaged = new();

    /// <summary>Tries every recorded failure once and says how many blocks have their rows now.</summary>
    public async ValueTask<int> RunAsync(QueryContext context, CancellationToken ct)
    {
        int recovered = 0;
        foreach (FailedBlock failed in await lake.Catalog.ListFailedBlocksAsync(ct).ConfigureAwait(false))
        {
            IReadOnlyList<SourceBlock> blocks = await lake.Catalog.ListBlocksAsync(new BlockFilter { BlockId = failed.BlockId }, ct).ConfigureAwait(false);
            if (blocks.Count == 0 || ViewCatalog.Find(failed.ViewSet) is not { CreateDecoder: not null } view)
            {
                // Retention took it, or no view wants it any more.
                await ForgetAsync(failed, ct).ConfigureAwait(false);
            }
            else if (!_damaged.ContainsKey((failed.BlockId, failed.ViewSet)) && await IsReadableAsync(view, blocks[0], context, ct).ConfigureAwait(false)
                && await RemakeAsync(view, blocks[0], context, ct).ConfigureAwait(false))
            {
                await ForgetAsync(failed, ct).ConfigureAwait(false);
                Log.BlockRecovered(lake.Logger, failed.BlockId, failed.ViewSet);
                recovered++;
            }
        }
        return recovered;
    }

    private async ValueTask<bool> IsReadableAsync(ViewDefinition view, SourceBlock block, QueryContext context, CancellationToken ct)
    {
        var payload = new BlockPayload(lake.Store, block);
        if (await payload.FetchAsync(ct).ConfigureAwait(false) is not { } bytes)
        {
            return false;
        }
        bool readable = await context.Workers.RunAsync(
            () =>
            {
                using BlockDecoder decoder = view.CreateDecoder!(Enumerable.Range(0, view.Schema.Count).ToArray());
                using DecodedBlock decoded = payload.Decode(decoder, bytes);
                return decoded.Failure is null;
            },
            ct).ConfigureAwait(false);
        if (!readable)
        {
            _damaged[(block.Block.BlockId, view.Name)] = true;
        }
        return readable;
    }

    /// <summary>False when a partition is another maintainer's, so that the block is still missing from it.</summary>
    private async ValueTask<bool> RemakeAsync(ViewDefinition view, SourceBlock block, QueryContext context, CancellationToken ct)
    {
        var instant = new LakeTimeRange(block.Block.InsertTime, block.Block.InsertTime);
        string process = block.Process.ProcessId.ToString("D");
        IReadOnlyList<PartitionRecord> listed = await lake.Catalog.ListPartitionsAsync(
            new PartitionFilter { ViewSet = view.Name, SchemaHash = view.SchemaHash, InsertRange = instant }, ct).ConfigureAwait(false);

        // Those of processes are made when somebody asks again.
        await lake.Catalog.RetirePartitionsAsync([.. listed.Where(p => p.InstanceId == process)], ct).ConfigureAwait(false);
        foreach (PartitionRecord partition in listed.Where(p => p.InstanceId == ViewTable.Global && block.Block.InsertTime < p.InsertRange.End))
        {
            if (!makesGlobal || GlobalViews.BuiltIn.FirstOrDefault(v => v.Definition == view) is not { } global)
            {
                return false;
            }
            await new GlobalMaterializer(lake, context)
                .RegenerateAsync(global, partition.InsertRange, partition.InsertRange.End - partition.InsertRange.Begin, ct).ConfigureAwait(false);
        }
        return true;
    }

    private async ValueTask ForgetAsync(FailedBlock failed, CancellationToken ct) =>
        await lake.Catalog.DeleteRowAsync(CatalogSchema.FailedBlocks, [failed.BlockId.ToString("D"), failed.ViewSet], ct).ConfigureAwait(false);
}
