using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tables;

namespace Micromegas.Lake.Materialization;

/// <summary>Where the rows of a view instance are: together the partitions and the blocks hold every row once.</summary>
/// <param name="Partitions">Non-empty partitions to read, by (begin, path).</param>
/// <param name="Blocks">Blocks to decode.</param>
/// <param name="Chained">Of views whose events reach from block to block: the blocks to decode, by the partition that they would make.</param>
/// <param name="PartitionsPruned">Non-empty partitions that the wanted times exclude.</param>
internal sealed record ViewContent(IReadOnlyList<PartitionRecord> Partitions, IReadOnlyList<SourceBlock> Blocks, IReadOnlyList<JitPartition> Chained, int PartitionsPruned);

/// <summary>Finds out where the rows are, and first makes the partitions that should exist.</summary>
internal interface IContentSource
{
    ValueTask<ViewContent> PrepareAsync(ScanTimes times, QueryContext context, CancellationToken ct);
}
