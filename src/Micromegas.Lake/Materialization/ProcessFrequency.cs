using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Materialization;

/// <summary>
/// The tick frequency of processes that do not know theirs, estimated from the newest of all their blocks: what spans are converted with, so that those of one
/// thread fit together (spec/data-lake.md §6.4).
/// </summary>
internal static class ProcessFrequency
{
    /// <summary>The same blocks, whose processes have a frequency.</summary>
    /// <exception cref="LakeException">A process has no frequency and its blocks give none.</exception>
    public static async ValueTask<IReadOnlyList<SourceBlock>> EstimateAsync(ILakeCatalog catalog, IReadOnlyList<SourceBlock> blocks, CancellationToken ct)
    {
        if (blocks.All(b => b.Process.TscFrequency > 0))
        {
            return blocks;
        }
        var known = new Dictionary<Guid, ProcessRecord>();
        foreach (ProcessRecord process in blocks.Select(b => b.Process))
        {
            if (process.TscFrequency <= 0 && !known.ContainsKey(process.ProcessId))
            {
                known.Add(process.ProcessId, await EstimateAsync(catalog, process, ct).ConfigureAwait(false));
            }
        }
        return blocks.Select(b => known.TryGetValue(b.Process.ProcessId, out ProcessRecord? process) ? b with { Process = process } : b).ToArray();
    }

    private static async ValueTask<ProcessRecord> EstimateAsync(ILakeCatalog catalog, ProcessRecord process, CancellationToken ct)
    {
        IReadOnlyList<SourceBlock> all = await catalog.ListBlocksAsync(new BlockFilter { ProcessId = process.ProcessId }, ct).ConfigureAwait(false);
        return all.Count > 0
            && TickConverter.TryCreate(BlockDecoder.ClockOf(process), all.Max(b => b.Block.EndTicks), all.Max(b => b.Block.EndTime), out TickConverter converter)
            ? process with { TscFrequency = converter.Frequency }
            : throw new LakeException("XX001", $"process {process.ProcessId} has no tick frequency and its blocks give none");
    }
}
