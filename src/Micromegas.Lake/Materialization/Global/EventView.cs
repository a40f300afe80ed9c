using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.CustomViews;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Materialization.Global;

/// <summary>A view whose rows are the events of blocks: <c>log_entries</c>, <c>measures</c>.</summary>
internal sealed class EventView(ViewDefinition definition)
    : GlobalView(definition, updateGroup: 2000, CatalogTime.NanosecondsPerHour, CatalogTime.NanosecondsPerHour)
{
    // Sorting gets half of the memory: the row group that is being written needs some (PartitionWriter).
    private const int SortingShare = 2;

    /// <summary>Merges of fewer rows keep the order of their inputs (docs/decisions/0013-merges-cluster-by-process.md).</summary>
    public long ClusteredFrom { get; init; } = 1 << 19;

    /// <summary>Rows of a step in which the rows of a process lie together: four row groups.</summary>
    public long StepRows { get; init; } = 1 << 19;

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
        Definition.ClusteredBy is { } columns && lake.Sharing == LakeSharing.Exclusive && inputs.Sum(p => p.RowCount) >= ClusteredFrom
            ? ClusterAsync(lake, context, inputs, columns, ct)
            : PartitionFiles.ReadAsync(lake, Definition, context, inputs, ct);

    /// <summary>Step by step of the time the rows by these columns; those that agree in them keep their order, since one worker reads and sorts them.</summary>
    private async IAsyncEnumerable<PartitionRows> ClusterAsync(
        LakeHost lake, QueryContext context, IReadOnlyList<PartitionRecord> inputs, IReadOnlyList<string> columns, [EnumeratorCancellation] CancellationToken ct)
    {
        var sorting = new QueryContext(
            context.Options with { Threads = 1 }, new MemoryBudget(context.Budget.Limit / SortingShare, context.Budget), ct) { Warn = context.Warn };
        var merge = new PartitionMerge(lake, Definition, sorting, inputs);
        string query = ViewQueries.Sorted(ViewQueries.MergeOf($"SELECT * FROM {ViewQueries.Source}"), columns);
        int step = 0;
        await foreach (Batch batch in merge.RunStepsAsync(query, StepRows, ct).ConfigureAwait(false))
        {
            // A row group of two steps would say nothing of processes, and as much again of times.
            yield return PartitionRows.Measured(Definition, batch) with { BeginsRowGroup = merge.Step != step };
            step = merge.Step;
        }
        LakeStatement.Count(context.Statistics, sorting.Statistics);
    }
}
