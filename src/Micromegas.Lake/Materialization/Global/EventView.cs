using System.Runtime.CompilerServices;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Materialization.Global;

/// <summary>A view whose rows are the events of blocks: <c>log_entries</c>, <c>measures</c>.</summary>
internal sealed class EventView(ViewDefinition definition)
    : GlobalView(definition, updateGroup: 2000, CatalogTime.NanosecondsPerHour, CatalogTime.NanosecondsPerHour)
{
    public override BlockSource Source { get; } = new(definition.Tag);

    public override async IAsyncEnumerable<PartitionRows> ExtractAsync(
        LakeHost lake, QueryContext context, LakeTimeRange bucket, [EnumeratorCancellation] CancellationToken ct)
    {
        IReadOnlyList<SourceBlock> blocks = await lake.Catalog.ListBlocksAsync(Source.Within(bucket), ct).ConfigureAwait(false);
        var failures = new BlockFailures(Definition.Name, lake.Logger, lake.Options.TimeProvider);
        using var pipeline = new BlockPipeline(Definition, lake.Store, context);
        await foreach (DecodedBlock block in pipeline.DecodeAsync(blocks, ct).ConfigureAwait(false))
        {
            failures.Report(block, context);
            yield return new PartitionRows(block.Rows, block.Times, block);
        }
        IReadOnlyList<FailedBlock> failed = failures.Take();
        if (failed.Count > 0)
        {
            await lake.Catalog.RecordFailedBlocksAsync(failed, ct).ConfigureAwait(false);
        }
    }

    public override IAsyncEnumerable<PartitionRows> MergeAsync(
        LakeHost lake, QueryContext context, LakeTimeRange bucket, IReadOnlyList<PartitionRecord> inputs, CancellationToken ct) =>
        PartitionFiles.ReadAsync(lake, Definition, context, inputs, ct);
}
