using System.Runtime.CompilerServices;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Materialization;

/// <summary>Makes a partition from blocks whose rows do not depend on each other.</summary>
internal sealed class PartitionBuilder(LakeHost lake, ViewDefinition view, string instance, QueryContext context)
{
    private readonly BlockFailures _failures = new(view.Name, lake.Logger, lake.Options.TimeProvider);

    /// <param name="blocks">All blocks of the insert range, in their order.</param>
    /// <param name="insertRange">The partition's insert range.</param>
    /// <param name="ct">Cancels; neither file nor record is left then.</param>
    /// <exception cref="PartitionConflictException">Somebody else committed an overlapping partition; nothing is left.</exception>
    public async ValueTask BuildAsync(IReadOnlyList<SourceBlock> blocks, LakeTimeRange insertRange, CancellationToken ct)
    {
        var writer = new PartitionWriter(lake, view, instance, context);
        PartitionRecord record = await writer.WriteAsync(
            new PartitionOrder(insertRange, blocks.Sum(b => (long)b.Block.ObjectCount)), DecodeAsync(blocks, ct), ct).ConfigureAwait(false);
        IReadOnlyList<FailedBlock> failed = _failures.Take();
        if (failed.Count > 0)
        {
            await lake.Catalog.RecordFailedBlocksAsync(failed, ct).ConfigureAwait(false);
        }
        Log.PartitionWritten(lake.Logger, view.Name, instance, record.RowCount, blocks.Count, record.FilePath);
    }

    private async IAsyncEnumerable<PartitionRows> DecodeAsync(IReadOnlyList<SourceBlock> blocks, [EnumeratorCancellation] CancellationToken ct)
    {
        using var pipeline = new BlockPipeline(view, lake.Store, context);
        await foreach (DecodedBlock block in pipeline.DecodeAsync(blocks, ct).ConfigureAwait(false))
        {
            _failures.Report(block, context);
            yield return new PartitionRows(block.Rows, block.Times, block);
        }
    }
}
