using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Materialization;

/// <summary>Makes a partition from blocks: decoded one by one, or together where events reach from block to block.</summary>
internal sealed class PartitionBuilder(LakeHost lake, ViewDefinition view, string instance, QueryContext context)
{
    private readonly BlockFailures _failures = new(view.Name, lake.Logger, lake.Options.TimeProvider);

    /// <param name="blocks">All blocks of the insert range, in their order.</param>
    /// <param name="insertRange">The partition's insert range.</param>
    /// <param name="ct">Cancels; neither file nor record is left then.</param>
    /// <exception cref="PartitionConflictException">Somebody else committed an overlapping partition; nothing is left.</exception>
    public ValueTask BuildAsync(IReadOnlyList<SourceBlock> blocks, LakeTimeRange insertRange, CancellationToken ct) =>
        BuildAsync(blocks, insertRange, RetireMode.Containment, [], ct);

    /// <param name="blocks">All blocks of the insert range, in their order.</param>
    /// <param name="insertRange">The partition's insert range.</param>
    /// <param name="mode">Which partitions give way to this one.</param>
    /// <param name="handled">With <see cref="RetireMode.Overlap"/>: ranges of this run that stay.</param>
    /// <param name="ct">Cancels; neither file nor record is left then.</param>
    /// <exception cref="PartitionConflictException">Somebody else committed an overlapping partition; nothing is left.</exception>
    /// <exception cref="LakeException">A damaged block takes all blocks that are decoded with it along (spec/data-lake.md §4.9); nothing is left.</exception>
    public async ValueTask BuildAsync(
        IReadOnlyList<SourceBlock> blocks, LakeTimeRange insertRange, RetireMode mode, IReadOnlyList<LakeTimeRange> handled, CancellationToken ct)
    {
        var order = new PartitionOrder(insertRange, blocks.Sum(b => (long)b.Block.ObjectCount)) { Mode = mode, Handled = handled };
        var writer = new PartitionWriter(lake, view, instance, context);
        PartitionRecord record;
        if (view.CreateChainDecoder is null)
        {
            record = await writer.WriteAsync(order, DecodeAsync(blocks, ct), ct).ConfigureAwait(false);
        }
        else
        {
            using var pipeline = new ChainPipeline(view, Enumerable.Range(0, view.Schema.Count).ToArray(), lake.Store, _failures, context);
            record = await writer.WriteAsync(
                order with { MaxSortKeyTime = () => pipeline.Decoder.MaxSortKey }, DecodeAsync(pipeline, blocks, ct), ct).ConfigureAwait(false);
        }
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

    private static async IAsyncEnumerable<PartitionRows> DecodeAsync(
        ChainPipeline pipeline, IReadOnlyList<SourceBlock> blocks, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (Batch rows in pipeline.DecodeAsync(blocks, ct).ConfigureAwait(false))
        {
            yield return new PartitionRows(rows, pipeline.Decoder.Times, new OwnedColumns(rows));
        }
    }
}
